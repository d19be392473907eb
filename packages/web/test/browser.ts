import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

/** The built page. */
export const PAGE = join(import.meta.dirname, '..', '..', 'facedex', 'page');

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The Chromium that is installed here, if one is. */
function findChromium(): string | undefined {
  const { CHROMIUM } = process.env;
  return [...(CHROMIUM ? [CHROMIUM] : []), ...PLACES].find(existsSync);
}

/** Why the page can't be tried in a browser here, or undefined. */
export function whyNoBrowser(): string | undefined {
  if (findChromium() === undefined) return 'no Chromium is installed (apt-get install chromium)';
  return existsSync(join(PAGE, 'index.html'))
    ? undefined
    : 'the page has not been built (npm run build)';
}

export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium()!,
    // Its sandbox needs rights that containers don't give; the page is our own.
    args: ['--no-sandbox', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
  });
}

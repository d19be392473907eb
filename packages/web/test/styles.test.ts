import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PAGE } from './browser.js';

const ASSETS = join(PAGE, 'assets');
const STYLES = join(import.meta.dirname, '../../../node_modules/@mantine/core/styles');

/** A class of a component of Mantine. */
const CLASS = /\bm_[0-9a-f]{5,8}\b/g;

const isBuilt = existsSync(ASSETS);
if (!isBuilt) console.warn('skipped: the styles: the page has not been built (npm run build)');

describe.skipIf(!isBuilt)('the styles', () => {
  it("are those of Mantine's components that the page uses, and no others", () => {
    const used = new Set(readAll(ASSETS, '.js').match(CLASS));
    const imported = readFileSync(join(import.meta.dirname, '../src/mantine.css'), 'utf8');
    const wrong: Record<string, string> = {};
    for (const file of readdirSync(STYLES)) {
      if (!file.endsWith('.css') || file.endsWith('.layer.css')) continue;
      const classes = readFileSync(join(STYLES, file), 'utf8').match(CLASS);
      if (classes === null) continue;
      const isUsed = classes.some((one) => used.has(one));
      const isImported = imported.includes(`/${file}"`);
      if (isUsed !== isImported) wrong[file] = isUsed ? 'missing' : 'not used';
    }
    expect(used.size).toBeGreaterThan(50);
    expect(wrong).toEqual({});
  });
});

function readAll(directory: string, extension: string): string {
  return readdirSync(directory)
    .filter((file) => file.endsWith(extension))
    .map((file) => readFileSync(join(directory, file), 'utf8'))
    .join('\n');
}

import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** What a screen-reader user or a weak-sighted one would stumble over: serious findings of axe-core. */
export async function seriousFindings(page: Page): Promise<string[]> {
  // The page's policy forbids other scripts; what the debugger runs is not bound by it.
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: typeof axe }).axe.run(document, {
      resultTypes: ['violations'],
    }),
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes[0]?.html.slice(0, 200)}`);
}

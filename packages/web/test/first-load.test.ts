import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { PAGE } from './browser.js';

const MANIFEST = join(PAGE, '.vite', 'manifest.json');
const BUDGET_BYTES = 140_000;

interface Chunk {
  readonly file: string;
  readonly imports?: readonly string[];
}

const isBuilt = existsSync(MANIFEST);
if (!isBuilt) console.warn('skipped: the first load: the page has not been built (npm run build)');

describe.skipIf(!isBuilt)('the first load', () => {
  it('takes less than 140 KB of compressed script: the shell and the search', () => {
    const manifest = JSON.parse(readFileSync(MANIFEST, 'utf8')) as Record<string, Chunk>;
    const files = new Set([
      ...scriptsOf('index.html', manifest),
      ...scriptsOf('src/search/search-view.tsx', manifest),
    ]);
    const bytes = [...files].map((file) => gzipSync(readFileSync(join(PAGE, file))).length);
    expect(files.size).toBeGreaterThan(1);
    expect(bytes.reduce((sum, size) => sum + size)).toBeLessThan(BUDGET_BYTES);
  });
});

/** A chunk's script and those that it can't do without. */
function scriptsOf(name: string, manifest: Record<string, Chunk>): string[] {
  const chunk = manifest[name]!;
  return [chunk.file, ...(chunk.imports ?? []).flatMap((one) => scriptsOf(one, manifest))];
}

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';

const PAGE = join(import.meta.dirname, '..', '..', 'facedex', 'page');
const MANIFEST = join(PAGE, '.vite', 'manifest.json');
const BUDGET_BYTES = 200_000;

interface Chunk {
  readonly file: string;
  readonly imports?: readonly string[];
}

describe.skipIf(!existsSync(MANIFEST))('the first load', () => {
  it('takes less than 200 KB of compressed script: the shell and the search', () => {
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

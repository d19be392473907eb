import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';

const LIBRARY = /\.(so(\.\d+)*|dylib|node)$/;
/** What ONNX Runtime sends events with: Microsoft's collector, and the switch that turns it off. */
const TRACES = ['OneCollector', 'events.data.microsoft.com', 'DISABLE_TELEMETRY'];

// From 1.29 on ONNX Runtime tells its maker on Linux and macOS, too, how it is used.
it('the runtime of the networks has nothing in it that could call home', async () => {
  const runtime = join(
    dirname(createRequire(import.meta.url).resolve('onnxruntime-node')),
    '..',
    'bin',
  );
  const files = await readdir(runtime, { recursive: true });
  const libraries = files.filter((file) => LIBRARY.test(file) && !file.includes('win32'));
  expect(libraries.some((file) => file.includes('libonnxruntime'))).toBe(true);
  for (const library of libraries) {
    const content = await readFile(join(runtime, library));
    expect(TRACES.filter((trace) => content.includes(trace))).toEqual([]);
  }
});

import { describe, expect, it } from 'vitest';
import { noise, relativeDifference, runOnnx } from '../../../test/models/networks.js';
import { GraphBuilder } from './graph-builder.js';
import { decodeOnnx, encodeOnnx } from './onnx-model.js';
import { rewritePrelus } from './prelu.js';

const SHAPE = ['N', 3, 'H', 'W'] as const;

function network(slopes: Float32Array, slopeShape: number[]): Uint8Array {
  const graph = new GraphBuilder('prelus');
  const input = graph.input('input', SHAPE);
  const slope = graph.floats(slopeShape, slopes);
  // Twice with the same slopes: the constant is shared.
  const once = graph.node('PRelu', [input, slope]);
  graph.output('output', graph.node('PRelu', [once, slope]), SHAPE);
  return graph.build();
}

function rewrite(bytes: Uint8Array) {
  const model = decodeOnnx(bytes);
  rewritePrelus(model.graph);
  return { bytes: encodeOnnx(model), operations: model.graph.node.map(({ opType }) => opType) };
}

describe('a PRelu as two depthwise convolutions', () => {
  it.each([
    ['slopes of an ordinary network', Float32Array.of(0.25, 0, 1)],
    ['negative slopes', Float32Array.of(-0.5, -3, 0.1)],
    ['slopes above 1, where the factor can’t move into the ReLU', Float32Array.of(1.5, 0.2, 4)],
  ])('gives the same values for %s', async (_, slopes) => {
    const original = network(slopes, [3, 1, 1]);
    const rewritten = rewrite(original);
    expect(rewritten.operations).not.toContain('PRelu');
    const data = noise(2 * 3 * 4 * 5, -2, 2);
    const expected = await runOnnx(original, data, [2, 3, 4, 5]);
    const actual = await runOnnx(rewritten.bytes, data, [2, 3, 4, 5]);
    // Two roundings of 32-bit floats each.
    expect(relativeDifference(actual.output?.data, expected.output!.data)).toBeLessThan(1e-6);
  });

  it('leaves a PRelu alone whose slopes go with another axis', () => {
    const original = network(Float32Array.of(0.1, 0.2, 0.3, 0.4, 0.5), [5]);
    expect(rewrite(original).operations).toEqual(['PRelu', 'PRelu']);
  });

  it('drops the slopes that nothing reads any more', () => {
    const { bytes } = rewrite(network(Float32Array.of(0.1, 0.2, 0.3), [3, 1, 1]));
    const { graph } = decodeOnnx(bytes);
    const used = new Set(graph.node.flatMap(({ input }) => input));
    expect(graph.initializer.filter(({ name }) => !used.has(name))).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { runOnnx } from '../../../test/models/networks.js';
import { GraphBuilder } from './graph-builder.js';

describe('a built network', () => {
  it('runs: integer, list and text attributes, constants, several outputs', async () => {
    const graph = new GraphBuilder('test');
    const input = graph.input('input', ['N', 1, 2, 2]);
    const kernel = graph.floats([1, 1, 2, 2], Float32Array.of(1, 2, 3, 4));
    const image = graph.node('Conv', [input, kernel], {
      kernel_shape: [2, 2],
      group: 1,
      auto_pad: 'VALID',
    });
    const flat = graph.node('Reshape', [image, graph.integers([-1, 1])]);
    const doubled = graph.node('Add', [flat, flat]);
    graph.output('once', flat, ['N', 1]);
    graph.output('twice', doubled, ['N', 1]);
    const { once, twice } = await runOnnx(
      graph.build(),
      Float32Array.of(1, 1, 1, 1, 0, 0, 0, 1),
      [2, 1, 2, 2],
    );
    expect(once).toEqual({ data: Float32Array.of(10, 4), dims: [2, 1] });
    expect(twice).toEqual({ data: Float32Array.of(20, 8), dims: [2, 1] });
  });

  it('is the same file every time', () => {
    const build = () => {
      const graph = new GraphBuilder('test');
      const input = graph.input('input', ['N', 3, 'H', 'W']);
      graph.output('output', graph.prelu(input, Float32Array.of(0.1, 0.2, 0.3)), ['N', 3]);
      return graph.build();
    };
    expect(build()).toEqual(build());
  });
});

import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../onnx/graph-builder.js';
import { decodeOnnx } from '../onnx/onnx-model.js';
import { convertOnnxEmbedder } from './convert-onnx-embedder.js';
import { convertUltraface } from './convert-ultraface.js';

/** Two feature maps, joined over the priors, scored and decoded as UltraFace does it. */
function detector({ join = 1 } = {}): Uint8Array {
  const graph = new GraphBuilder('detector');
  const input = graph.input('input', [1, 3, 240, 320]);
  const branch = () => graph.node('Relu', [input]);
  const scores = graph.node('Concat', [branch(), branch()], { axis: join });
  const offsets = graph.node('Concat', [branch(), branch()], { axis: join });
  graph.output('scores', graph.node('Softmax', [scores], { axis: 2 }), [1, 4420, 2]);
  const priors = graph.floats([1], Float32Array.of(1));
  const centres = graph.node('Mul', [offsets, priors]);
  const sizes = graph.node('Exp', [offsets]);
  graph.output('boxes', graph.node('Concat', [centres, sizes], { axis: 2 }), [1, 4420, 4]);
  return graph.build();
}

describe('cutting the decoder off', () => {
  it('ends the graph at the scores and the joined offsets', () => {
    const { graph } = decodeOnnx(convertUltraface(detector()));
    const operations = graph.node.map(({ opType }) => opType);
    expect(operations.filter((type) => type !== 'Relu')).toEqual(['Concat', 'Concat', 'Softmax']);
    expect(graph.node[5]?.output).toEqual(['boxes']);
    expect(graph.initializer).toEqual([]);
    const dims = graph.input[0]?.type.tensorType.shape.dim;
    expect(dims?.map(({ dimParam }) => dimParam)).toEqual(['N', '', 'H', 'W']);
  });

  it('refuses a network without such a join', () => {
    expect(() => convertUltraface(detector({ join: 0 }))).toThrow(
      expect.objectContaining({
        code: 'CONVERSION_FAILED',
        message: expect.stringMatching(/found 0 of them/),
      }),
    );
  });
});

it('an embedder with two outputs is refused', () => {
  expect(() => convertOnnxEmbedder(detector())).toThrow(
    expect.objectContaining({
      code: 'CONVERSION_FAILED',
      message: expect.stringMatching(/received 1 and 2/),
    }),
  );
});

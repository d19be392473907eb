import { describe, expect, it } from 'vitest';
import { noise, relativeDifference, runOnnx } from '../../../test/models/networks.js';
import { GraphBuilder } from './graph-builder.js';
import { decodeOnnx, encodeOnnx, floatsOf } from './onnx-model.js';
import { dropNegligibleWeights, pruneChannels } from './prune-channels.js';

const CHANNELS = 40;
const SHAPE = [2, 3, 6, 5];

interface Layers {
  readonly first: Float32Array;
  readonly bias: Float32Array;
  readonly last: Float32Array;
}

/** 3 channels become 40, go through a PRelu and a depthwise convolution, and become 4. */
function network({ first, bias, last }: Layers, { seen = false } = {}): Uint8Array {
  const graph = new GraphBuilder('channels');
  const input = graph.input('input', ['N', 3, 'H', 'W']);
  const wide = graph.node('Conv', [
    input,
    graph.floats([CHANNELS, 3, 1, 1], first),
    graph.floats([CHANNELS], bias),
  ]);
  const slopes = graph.floats([CHANNELS, 1, 1], noise(CHANNELS, 0, 1));
  const bent = graph.node('PRelu', [wide, slopes]);
  const depthwise = graph.floats([CHANNELS, 1, 3, 3], noise(CHANNELS * 9));
  const mixed = graph.node('Conv', [bent, depthwise], { group: CHANNELS, pads: [1, 1, 1, 1] });
  const narrow = graph.node('Conv', [mixed, graph.floats([4, CHANNELS, 1, 1], last)]);
  graph.output('output', narrow, ['N', 4, 'H', 'W']);
  if (seen) graph.output('bent', bent, ['N', CHANNELS, 'H', 'W']);
  return graph.build();
}

function layers(): Layers {
  return {
    first: noise(CHANNELS * 3),
    bias: noise(CHANNELS, 0.1, 1),
    last: noise(4 * CHANNELS),
  };
}

/** Channels without an input: their weights and biases are zero. */
function silence({ first, bias }: Layers, channels: readonly number[]): void {
  for (const channel of channels) {
    first.fill(0, channel * 3, channel * 3 + 3);
    bias[channel] = 0;
  }
}

function prune(bytes: Uint8Array) {
  const model = decodeOnnx(bytes);
  pruneChannels(model.graph);
  const width = Number(model.graph.initializer[0]!.dims[0]);
  return { bytes: encodeOnnx(model), width };
}

async function expectSame(actual: Uint8Array, expected: Uint8Array): Promise<void> {
  const data = noise(2 * 3 * 6 * 5);
  const ours = await runOnnx(actual, data, SHAPE);
  const theirs = await runOnnx(expected, data, SHAPE);
  // Sums of 40 products in another order.
  expect(relativeDifference(ours.output?.data, theirs.output!.data)).toBeLessThan(1e-6);
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

describe('pruneChannels', () => {
  it('keeps every channel that says something', () => {
    expect(prune(network(layers())).width).toBe(CHANNELS);
  });

  it('keeps a channel that is constant, as it is no longer where the padding begins', () => {
    const constant = layers();
    constant.first.fill(0, 0, 30 * 3);
    expect(prune(network(constant)).width).toBe(CHANNELS);
  });

  it('keeps the channels of an output', () => {
    const silent = layers();
    silence(silent, range(0, 30));
    expect(prune(network(silent, { seen: true })).width).toBe(CHANNELS);
  });

  it('removes channels that are always zero, down to a whole block', async () => {
    const silent = layers();
    silence(silent, [0, 3, ...range(20, 35)]);
    const original = network(silent);
    const { bytes, width } = prune(original);
    // 23 of 40 are left: two blocks of 16.
    expect(width).toBe(32);
    await expectSame(bytes, original);
  });

  it('removes channels that nothing reads', async () => {
    const unread = layers();
    for (let row = 0; row < 4; row++) {
      unread.last.fill(0, row * CHANNELS + 2, row * CHANNELS + 39);
    }
    const original = network(unread);
    const { bytes, width } = prune(original);
    expect(width).toBe(16);
    await expectSame(bytes, original);
  });
});

describe('dropNegligibleWeights', () => {
  it('sets to zero what is nothing beside the largest weight of its tensor', () => {
    const tiny = layers();
    tiny.first.set([1e-40, -1e-30, 1e-14, 1e-11], 5);
    // All of this tensor is small, so that its weights do count.
    for (const [i, value] of tiny.last.entries()) tiny.last[i] = value * 1e-20;
    const { graph } = decodeOnnx(network(tiny));
    dropNegligibleWeights(graph);
    const [first, , , , last] = graph.initializer.map(floatsOf);
    expect([...first!.slice(5, 9)]).toEqual([0, 0, 0, Math.fround(1e-11)]);
    expect([...first!.slice(9)]).toEqual([...tiny.first.slice(9)]);
    expect([...last!]).toEqual([...tiny.last]);
  });
});

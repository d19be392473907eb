import {
  floatsOf,
  floatTensor,
  type OnnxGraph,
  type OnnxNode,
  type OnnxTensor,
  toNumber,
} from './onnx-model.js';

/**
 * Below this share of the largest weight of its tensor a weight counts as zero: some 50,000 times
 * less than what a sum of 32-bit floats can show.
 */
const NEGLIGIBLE = 1e-12;

/** ONNX Runtime works on blocks of channels, of 16 at most: other numbers would be filled up. */
const CHANNEL_BLOCK = 16;

/**
 * Sets the negligible weights of convolutions to zero. Training with weight decay leaves weights
 * around 1e-40 behind, and processors take a hundred times as long for numbers that small.
 */
export function dropNegligibleWeights(graph: OnnxGraph): void {
  const convolutions = graph.node.filter(({ opType }) => opType === 'Conv');
  const weights = new Set(convolutions.flatMap(({ input }) => input.slice(1)));
  graph.initializer = graph.initializer.map((tensor) => {
    if (!weights.has(tensor.name)) return tensor;
    const values = floatsOf(tensor);
    const least = NEGLIGIBLE * values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const kept = values.map((value) => (Math.abs(value) < least ? 0 : value));
    return floatTensor(tensor.name, tensor.dims.map(toNumber), kept);
  });
}

/**
 * Removes channels that say nothing: those that are always zero, and those that nothing reads, as
 * all weights for them are zero. What the network answers stays the same.
 */
export function pruneChannels(graph: OnnxGraph): void {
  const tensors = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
  const zeros = (name: string | undefined, axis: number) => {
    const tensor = tensors.get(name ?? '');
    return tensor && zeroChannels(tensor, axis);
  };
  for (const { writers, readers, perChannel } of channelGroups(graph)) {
    const unread = readers.map(({ input }) => zeros(input[1], 1));
    const zeroWeights = writers.map(({ input }) => zeros(input[1], 0));
    const zeroBiases = [...writers, ...perChannel].map(({ input }) => zeros(input[2], 0));
    const dead = zeroWeights[0]!.map(
      (_, channel) =>
        (unread.length > 0 && unread.every((list) => list![channel])) ||
        // Where there is no bias, it is zero.
        [...zeroWeights, ...zeroBiases].every((list) => list?.[channel] ?? true),
    );
    const kept = channelsToKeep(dead);
    if (kept.length === dead.length) continue;
    const keep = (name: string, axis: number) => {
      tensors.set(name, selectChannels(tensors.get(name)!, axis, kept));
    };
    for (const { input } of readers) keep(input[1]!, 1);
    for (const { input, attribute } of [...writers, ...perChannel]) {
      for (const name of input.slice(1)) keep(name, 0);
      for (const setting of attribute) {
        if (setting.name === 'group' && toNumber(setting.i!) > 1) setting.i = kept.length;
      }
    }
  }
  graph.initializer = graph.initializer.map(({ name }) => tensors.get(name)!);
}

/** The nodes that one set of channels goes through. */
interface ChannelGroup {
  /** Convolutions that make the channels. */
  readonly writers: OnnxNode[];
  /** Convolutions that make others of them. */
  readonly readers: OnnxNode[];
  /** What works on each channel by itself, with weights: depthwise convolutions and PRelus. */
  readonly perChannel: OnnxNode[];
}

/** All sets of channels that no operation of another kind sees. */
function channelGroups(graph: OnnxGraph): ChannelGroup[] {
  const roleOf = roles(graph);
  const sets = new Map<string, Set<string>>();
  const setOf = (name: string) => sets.get(name) ?? new Set([name]);
  const unite = (names: readonly string[]) => {
    const all = new Set(names.flatMap((name) => [...setOf(name)]));
    for (const name of all) sets.set(name, all);
  };
  const seen = [...graph.input, ...graph.output].map(({ name }) => name);
  for (const node of graph.node) {
    const role = roleOf(node);
    if (role === 'other') seen.push(...node.input, ...node.output);
    else if (role === 'dense') unite(node.output);
    else unite([...(role === 'weighted' ? node.input.slice(0, 1) : node.input), ...node.output]);
  }
  const untouchable = new Set(seen.map(setOf));
  return [...new Set(sets.values())]
    .filter((set) => !untouchable.has(set))
    .map((set) => ({
      writers: graph.node.filter((node) => roleOf(node) === 'dense' && set.has(node.output[0]!)),
      readers: graph.node.filter((node) => roleOf(node) === 'dense' && set.has(node.input[0]!)),
      perChannel: graph.node.filter(
        (node) => roleOf(node) === 'weighted' && set.has(node.output[0]!),
      ),
    }))
    .filter(({ writers }) => writers.length > 0);
}

/**
 * What a node does with channels: `dense` makes new ones of all; `weighted` keeps them apart, with
 * weights for each; `plain` keeps them apart without weights.
 */
type Role = 'dense' | 'weighted' | 'plain' | 'other';

function roles(graph: OnnxGraph): (node: OnnxNode) => Role {
  const constants = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
  const uses = new Map<string, number>();
  for (const name of graph.node.flatMap(({ input }) => input)) {
    uses.set(name, (uses.get(name) ?? 0) + 1);
  }
  return ({ opType, input, attribute }) => {
    const weights = input.slice(1).map((name) => constants.get(name));
    if (opType === 'Relu') return 'plain';
    if (opType === 'Add') return input.some((name) => constants.has(name)) ? 'other' : 'plain';
    const [first] = weights;
    // Weights that are shared can't be cut for one of their users.
    if (!first || weights.some((tensor) => !tensor || uses.get(tensor.name) !== 1)) return 'other';
    if (opType === 'PRelu') return first.dims.length === 3 ? 'weighted' : 'other';
    if (opType !== 'Conv') return 'other';
    const groups = toNumber(attribute.find(({ name }) => name === 'group')?.i ?? 1);
    if (groups === 1) return 'dense';
    return groups === toNumber(first.dims[0]!) ? 'weighted' : 'other';
  };
}

/** Which channels along an axis have no weight but zeros. */
function zeroChannels(tensor: OnnxTensor, axis: number): boolean[] {
  const { count, inner } = layout(tensor, axis);
  const zero = new Array<boolean>(count).fill(true);
  for (const [i, value] of floatsOf(tensor).entries()) {
    if (value !== 0) zero[Math.floor(i / inner) % count] = false;
  }
  return zero;
}

function selectChannels(tensor: OnnxTensor, axis: number, channels: readonly number[]): OnnxTensor {
  const { count, inner } = layout(tensor, axis);
  const kept = new Set(channels);
  const values = floatsOf(tensor).filter((_, i) => kept.has(Math.floor(i / inner) % count));
  const dims = tensor.dims.map((size, i) => (i === axis ? channels.length : toNumber(size)));
  return floatTensor(tensor.name, dims, values);
}

function layout({ dims }: OnnxTensor, axis: number): { count: number; inner: number } {
  const sizes = dims.map(toNumber);
  return {
    count: sizes[axis]!,
    inner: sizes.slice(axis + 1).reduce((product, size) => product * size, 1),
  };
}

/** The living ones, and as many dead ones as fill the last block. */
function channelsToKeep(dead: readonly boolean[]): number[] {
  const alive = dead.filter((isDead) => !isDead).length;
  let filling = Math.ceil(Math.max(alive, 1) / CHANNEL_BLOCK) * CHANNEL_BLOCK - alive;
  return [...dead.keys()].filter((channel) => !dead[channel] || filling-- > 0);
}

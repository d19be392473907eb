import { PipelineError } from '../../pipeline-error.js';
import {
  decodeOnnx,
  encodeOnnx,
  floatValue,
  type OnnxGraph,
  type OnnxNode,
  toNumber,
} from '../onnx/onnx-model.js';

/**
 * Cuts the box decoder off an UltraFace network. The decoder has the priors of one picture size
 * baked in; without it, the network takes any size.
 *
 * A reader of its outputs should place the priors at (index + 0.5) · stride, where the features
 * are. The decoder that is cut off spreads them evenly over the picture instead, which is the same
 * only when the stride divides the picture's size: on 320x288 pixels it put faces 16 pixels too
 * high, where the stride kept them within 1.
 *
 * Input `input` [N, 3, H, W]; outputs `scores` [N, A, 2] (background, face) and `boxes` [N, A, 4]
 * (centre and size relative to the priors, before variances), A priors.
 *
 * @throws {PipelineError} `CONVERSION_FAILED` when the network isn't built as expected
 */
export function convertUltraface(bytes: Uint8Array): Uint8Array {
  const model = decodeOnnx(bytes);
  const { graph } = model;
  const producers = producersOf(graph);
  const regression = findRegression('boxes', producers);
  const kept = ancestorsOf(['scores', regression], producers);
  graph.node = graph.node.filter((node) => kept.has(node));
  const rename = (name: string) => (name === regression ? 'boxes' : name);
  for (const node of graph.node) node.output = node.output.map(rename);
  const used = new Set(graph.node.flatMap((node) => node.input));
  graph.initializer = graph.initializer.filter(({ name }) => used.has(name));
  graph.valueInfo = [];
  graph.input = [floatValue('input', ['N', 3, 'H', 'W'])];
  graph.output = [floatValue('scores', ['N', 'A', 2]), floatValue('boxes', ['N', 'A', 4])];
  return encodeOnnx(model);
}

type Producers = ReadonlyMap<string, OnnxNode>;

function producersOf(graph: OnnxGraph): Producers {
  return new Map(graph.node.flatMap((node) => node.output.map((name) => [name, node])));
}

/**
 * The tensor that the decoder starts from: going back from its result, the first concatenation
 * over the priors (axis 1).
 */
function findRegression(from: string, producers: Producers): string {
  const found = new Set<string>();
  const seen = new Set<string>();
  const waiting = [from];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const node = producers.get(name);
    if (!node || seen.has(name)) continue;
    seen.add(name);
    if (node.opType === 'Concat' && axisOf(node) === 1) found.add(name);
    else waiting.push(...node.input);
  }
  const [regression] = found;
  if (found.size !== 1 || regression === undefined || !producers.has('scores')) {
    throw new PipelineError(
      'CONVERSION_FAILED',
      `expected an UltraFace network with outputs scores and boxes, and one concatenation of box offsets; found ${found.size} of them`,
    );
  }
  return regression;
}

function axisOf(node: OnnxNode): number {
  return toNumber(node.attribute.find(({ name }) => name === 'axis')?.i ?? 0);
}

function ancestorsOf(names: readonly string[], producers: Producers): Set<OnnxNode> {
  const found = new Set<OnnxNode>();
  const waiting = [...names];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const node = producers.get(name);
    if (!node || found.has(node)) continue;
    found.add(node);
    waiting.push(...node.input);
  }
  return found;
}

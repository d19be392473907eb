import { PipelineError } from '../../pipeline-error.js';
import {
  decodeOnnx,
  encodeOnnx,
  type OnnxGraph,
  type OnnxValue,
  TENSOR_TYPE,
  toNumber,
} from '../onnx/onnx-model.js';
import { rewritePrelus } from '../onnx/prelu.js';
import { dropNegligibleWeights, pruneChannels } from '../onnx/prune-channels.js';

/**
 * Makes an ONNX embedder take any number of faces at once, and fast: without weights and channels
 * that don't matter, and with other PRelus.
 *
 * Input `input` [N, 3, H, W]; output `embedding` [N, dimension], not normalised, or another
 * name.
 *
 * @throws {PipelineError} `CONVERSION_FAILED` when it has not one input and one output that can be
 * an embedding
 */
export function convertOnnxEmbedder(
  bytes: Uint8Array,
  { outputName = 'embedding' }: { readonly outputName?: string } = {},
): Uint8Array {
  const model = decodeOnnx(bytes);
  const { graph } = model;
  const constants = new Set(graph.initializer.map(({ name }) => name));
  // Old exporters list the constants among the inputs.
  graph.input = graph.input.filter(({ name }) => !constants.has(name));
  const [input] = graph.input;
  const output = graph.output.length === 1 ? graph.output[0] : embeddingAmong(graph.output);
  if (!input || !output || graph.input.length !== 1) {
    throw new PipelineError(
      'CONVERSION_FAILED',
      `expected an embedder with one input and one output, received ${graph.input.length} and ${graph.output.length}`,
    );
  }
  graph.output = [output];
  freeBatch(graph);
  dropNegligibleWeights(graph);
  pruneChannels(graph);
  rewritePrelus(graph);
  const names = new Map([
    [input.name, 'input'],
    [output.name, outputName],
  ]);
  const rename = (name: string) => names.get(name) ?? name;
  for (const node of graph.node) {
    node.input = node.input.map(rename);
    node.output = node.output.map(rename);
  }
  input.name = 'input';
  output.name = outputName;
  graph.valueInfo = [];
  return encodeOnnx(model);
}

/** Some networks, such as AdaFace, also give the embedding's length before it was made 1. */
function embeddingAmong(outputs: readonly OnnxValue[]): OnnxValue | undefined {
  const lists = outputs.filter(({ type }) => {
    const { dim } = type.tensorType.shape;
    return dim.length === 2 && toNumber(dim[1]?.dimValue ?? 0) > 1;
  });
  return lists.length === 1 ? lists[0] : undefined;
}

/**
 * Frees the first dimension. Exporters bake a batch of one into reshapes as a leading 1, which
 * becomes 0: ONNX's sign for a dimension that stays as it is.
 */
function freeBatch(graph: OnnxGraph): void {
  for (const { type } of [...graph.input, ...graph.output]) {
    const { shape } = type.tensorType;
    shape.dim = [{ dimParam: 'N' }, ...shape.dim.slice(1)];
  }
  const shapes = new Set(
    graph.node.filter(({ opType }) => opType === 'Reshape').map(({ input }) => input[1]),
  );
  for (const tensor of graph.initializer) {
    if (!shapes.has(tensor.name) || tensor.dataType !== TENSOR_TYPE.int64) continue;
    const shape = new BigInt64Array(new Uint8Array(tensor.rawData ?? []).buffer);
    if (shape[0] !== 1n) continue;
    shape[0] = 0n;
    tensor.rawData = new Uint8Array(shape.buffer);
  }
}

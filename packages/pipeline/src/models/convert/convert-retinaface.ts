import { PipelineError } from '../../pipeline-error.js';
import { decodeOnnx, encodeOnnx } from '../onnx/onnx-model.js';

/** Strides of RetinaFace's feature maps. */
const STRIDES = [8, 16, 32] as const;

/**
 * Frees a RetinaFace network of its fixed batch and picture size, and gives its scores and boxes
 * plain names. Its landmarks are cut off: ours come from another network.
 *
 * Input `input` [N, 3, H, W]; for each stride S of 8, 16 and 32 the outputs `scores_S` [N, 4, h, w]
 * (background of two priors, face of two priors) and `boxes_S` [N, 8, h, w] (offset of the centre and
 * logarithm of the size of two priors, relative to the prior).
 *
 * @throws {PipelineError} `CONVERSION_FAILED` when the network isn't built as expected
 */
export function convertRetinaface(bytes: Uint8Array): Uint8Array {
  const model = decodeOnnx(bytes);
  const { graph } = model;
  const names = new Map([['data', 'input']]);
  for (const stride of STRIDES) {
    names.set(`face_rpn_cls_prob_reshape_stride${stride}`, `scores_${stride}`);
    names.set(`face_rpn_bbox_pred_stride${stride}`, `boxes_${stride}`);
  }
  const constants = new Set(graph.initializer.map(({ name }) => name));
  graph.input = graph.input.filter(({ name }) => !constants.has(name));
  graph.output = graph.output.filter(({ name }) => names.has(name));
  if (graph.input[0]?.name !== 'data' || graph.output.length !== 2 * STRIDES.length) {
    throw new PipelineError(
      'CONVERSION_FAILED',
      'expected a RetinaFace network with the input data, and scores and boxes at strides 8, 16, 32',
    );
  }
  const landmarks = /^face_rpn_landmark_pred_stride\d+$/;
  graph.node = graph.node.filter(({ output }) => !output.some((name) => landmarks.test(name)));
  const used = new Set(graph.node.flatMap(({ input }) => input));
  graph.initializer = graph.initializer.filter(({ name }) => used.has(name));
  const rename = (name: string) => names.get(name) ?? name;
  for (const node of graph.node) {
    node.input = node.input.map(rename);
    node.output = node.output.map(rename);
  }
  for (const value of [...graph.input, ...graph.output]) {
    value.name = rename(value.name);
    const { shape } = value.type.tensorType;
    const suffix = value.name === 'input' ? '' : value.name.replace(/^[a-z]+/, '');
    const [, channels] = shape.dim;
    shape.dim = [
      { dimParam: 'N' },
      channels ?? {},
      { dimParam: `H${suffix}` },
      { dimParam: `W${suffix}` },
    ];
  }
  graph.valueInfo = [];
  return encodeOnnx(model);
}

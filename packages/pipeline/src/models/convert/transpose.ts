/**
 * Reorders the axes of a row-major tensor: axis `i` of the result is axis `order[i]` of the input.
 *
 * @example transpose(kernel, [height, width, from, to], [3, 2, 0, 1]) // TensorFlow's to ONNX's
 */
export function transpose(
  values: Float32Array,
  shape: readonly number[],
  order: readonly number[],
): Float32Array {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const result = new Float32Array(values.length);
  const index = order.map(() => 0);
  let from = 0;
  for (let to = 0; to < result.length; to++) {
    result[to] = values[from]!;
    for (let axis = order.length - 1; axis >= 0; axis--) {
      const stride = strides[order[axis]!]!;
      const size = shape[order[axis]!]!;
      index[axis]!++;
      from += stride;
      if (index[axis]! < size) break;
      from -= stride * size;
      index[axis] = 0;
    }
  }
  return result;
}

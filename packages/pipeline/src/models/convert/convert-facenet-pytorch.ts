import { PipelineError } from '../../pipeline-error.js';
import { GraphBuilder } from '../onnx/graph-builder.js';
import type { Weight } from './read-tfjs-weights.js';
import { readTorch } from './read-torch.js';

/**
 * Builds the Inception-ResNet v1 of facenet-pytorch from a checkpoint of its state dict, with its
 * batch normalisations folded into the layers before them.
 *
 * Input `input` [N, 3, 160, 160]; output `embedding` [N, 512], not normalised.
 *
 * @throws {PipelineError} `CONVERSION_FAILED` when the file is damaged, or of another network
 */
export async function convertFacenetPytorch(bytes: Uint8Array): Promise<Uint8Array> {
  return new InceptionResnetBuilder(await readTorch(bytes)).build();
}

const INPUT_SIZE = 160;

/** Of batch normalisation, as facenet-pytorch has it in place of PyTorch's own. */
const EPSILON = 1e-3;

class InceptionResnetBuilder {
  readonly #weights: ReadonlyMap<string, Weight>;
  readonly #graph = new GraphBuilder('facedex');

  constructor(weights: ReadonlyMap<string, Weight>) {
    this.#weights = weights;
  }

  build(): Uint8Array {
    let image = this.#graph.input('input', ['N', 3, INPUT_SIZE, INPUT_SIZE]);
    image = this.#convolution(image, 'conv2d_1a', { stride: 2 });
    image = this.#convolution(image, 'conv2d_2a');
    image = this.#convolution(image, 'conv2d_2b', { padded: true });
    image = this.#pool(image);
    image = this.#convolution(image, 'conv2d_3b');
    image = this.#convolution(image, 'conv2d_4a');
    image = this.#convolution(image, 'conv2d_4b', { stride: 2 });
    for (let i = 0; i < 5; i++) image = this.#residual(image, `repeat_1.${i}`, { scale: 0.17 });
    image = this.#reduction(image, 'mixed_6a');
    for (let i = 0; i < 10; i++) image = this.#residual(image, `repeat_2.${i}`, { scale: 0.1 });
    image = this.#reduction(image, 'mixed_7a');
    for (let i = 0; i < 5; i++) image = this.#residual(image, `repeat_3.${i}`, { scale: 0.2 });
    image = this.#residual(image, 'block8', { scale: 1, relu: false });
    const mean = this.#graph.node('ReduceMean', [image], { axes: [2, 3], keepdims: 0 });
    const [name, values] = this.#embedding(mean);
    this.#graph.output('embedding', name, ['N', values]);
    return this.#graph.build();
  }

  /** Branches that keep the size, joined, brought back to the input's channels, and added to it. */
  #residual(
    input: string,
    block: string,
    { scale, relu = true }: { scale: number; relu?: boolean },
  ): string {
    const branches = this.#branches(block).map((layers) =>
      layers.reduce((image, layer) => this.#convolution(image, layer, { padded: true }), input),
    );
    const joined = this.#graph.node('Concat', branches, { axis: 1 });
    const { shape, values } = this.#weight(`${block}.conv2d.weight`);
    const bias = this.#weight(`${block}.conv2d.bias`).values;
    const up = this.#graph.node('Conv', [
      joined,
      this.#graph.floats(
        shape,
        values.map((value) => value * scale),
      ),
      this.#graph.floats(
        [bias.length],
        bias.map((value) => value * scale),
      ),
    ]);
    const sum = this.#graph.node('Add', [input, up]);
    return relu ? this.#graph.node('Relu', [sum]) : sum;
  }

  /** Branches whose last layer halves the size, and a pool, joined. */
  #reduction(input: string, block: string): string {
    const branches = this.#branches(block).map((layers) =>
      layers.reduce(
        (image, layer, i) =>
          this.#convolution(
            image,
            layer,
            i === layers.length - 1 ? { stride: 2 } : { padded: true },
          ),
        input,
      ),
    );
    return this.#graph.node('Concat', [...branches, this.#pool(input)], { axis: 1 });
  }

  /** Names of the layers of each branch of a block: `branch0`, or `branch1.0`, `branch1.1`, …. */
  #branches(block: string): string[][] {
    const branches: string[][] = [];
    for (;;) {
      const branch = `${block}.branch${branches.length}`;
      const layers: string[] = this.#has(branch) ? [branch] : [];
      while (this.#has(`${branch}.${layers.length}`)) layers.push(`${branch}.${layers.length}`);
      if (layers.length === 0) return branches;
      branches.push(layers);
    }
  }

  #has(layer: string): boolean {
    return this.#weights.has(`${layer}.conv.weight`);
  }

  /** A convolution with its batch normalisation and ReLU; padded, it keeps the size. */
  #convolution(
    input: string,
    layer: string,
    { stride = 1, padded = false }: { stride?: number; padded?: boolean } = {},
  ): string {
    const { shape, values } = this.#weight(`${layer}.conv.weight`);
    const [to = 0, , height = 0, width = 0] = shape;
    const { scale, shift } = this.#normalisation(`${layer}.bn`, to);
    const fanIn = values.length / to;
    const [down, right] = padded ? [(height - 1) / 2, (width - 1) / 2] : [0, 0];
    const convolved = this.#graph.node(
      'Conv',
      [
        input,
        this.#graph.floats(
          shape,
          values.map((value, i) => value * scale[Math.floor(i / fanIn)]!),
        ),
        this.#graph.floats([to], Float32Array.from(shift)),
      ],
      {
        kernel_shape: [height, width],
        strides: [stride, stride],
        pads: [down, right, down, right],
      },
    );
    return this.#graph.node('Relu', [convolved]);
  }

  #pool(input: string): string {
    return this.#graph.node('MaxPool', [input], { kernel_shape: [3, 3], strides: [2, 2] });
  }

  /** The last layer, dense and without bias, with its batch normalisation. */
  #embedding(input: string): [string, number] {
    const { shape, values } = this.#weight('last_linear.weight');
    const [to = 0, from = 0] = shape;
    const { scale, shift } = this.#normalisation('last_bn', to);
    const weights = values.map((value, i) => value * scale[Math.floor(i / from)]!);
    const name = this.#graph.node(
      'Gemm',
      [
        input,
        this.#graph.floats(shape, weights),
        this.#graph.floats([to], Float32Array.from(shift)),
      ],
      { transB: 1 },
    );
    return [name, to];
  }

  #normalisation(layer: string, channels: number): { scale: Float64Array; shift: Float64Array } {
    const [gamma, beta, mean, variance] = ['weight', 'bias', 'running_mean', 'running_var'].map(
      (name) => this.#weight(`${layer}.${name}`).values,
    );
    const scale = new Float64Array(channels);
    const shift = new Float64Array(channels);
    for (let c = 0; c < channels; c++) {
      scale[c] = gamma![c]! / Math.sqrt(variance![c]! + EPSILON);
      shift[c] = beta![c]! - mean![c]! * scale[c]!;
    }
    return { scale, shift };
  }

  #weight(name: string): Weight {
    const weight = this.#weights.get(name);
    if (!weight) {
      throw new PipelineError(
        'CONVERSION_FAILED',
        `expected the state dict of facenet-pytorch's InceptionResnetV1, but ${name} is missing`,
      );
    }
    return weight;
  }
}

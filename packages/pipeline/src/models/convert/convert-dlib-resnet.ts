import { PipelineError } from '../../pipeline-error.js';
import { GraphBuilder } from '../onnx/graph-builder.js';
import { readTfjsWeights, type Weight } from './read-tfjs-weights.js';
import { transpose } from './transpose.js';

/**
 * Builds dlib's face recognition ResNet from the weights that face-api ships: 29 convolutions, each
 * with the affine transform that dlib learnt in place of batch normalisation, folded into it here.
 *
 * Input `input` [N, 3, 150, 150]; output `embedding` [N, 128], not normalised.
 *
 * @throws {PipelineError} `CONVERSION_FAILED` when the weights are damaged or incomplete
 */
export function convertDlibResnet(manifest: Uint8Array, data: Uint8Array): Uint8Array {
  return new ResnetBuilder(readTfjsWeights(manifest, data)).build();
}

const INPUT_SIZE = 150;

/** The residual blocks, by their names in the weights; those that end in `down` halve the size. */
const BLOCKS = [
  ...['conv32_1', 'conv32_2', 'conv32_3'],
  ...['conv64_down', 'conv64_1', 'conv64_2', 'conv64_3'],
  ...['conv128_down', 'conv128_1', 'conv128_2'],
  ...['conv256_down', 'conv256_1', 'conv256_2', 'conv256_down_out'],
];

/** An image tensor on its way through the network: square, with `size` rows and columns. */
interface Image {
  readonly name: string;
  readonly channels: number;
  readonly size: number;
}

class ResnetBuilder {
  readonly #weights: ReadonlyMap<string, Weight>;
  readonly #graph = new GraphBuilder('facedex');

  constructor(weights: ReadonlyMap<string, Weight>) {
    this.#weights = weights;
  }

  build(): Uint8Array {
    const input = this.#graph.input('input', ['N', 3, INPUT_SIZE, INPUT_SIZE]);
    let image: Image = { name: input, channels: 3, size: INPUT_SIZE };
    image = this.#relu(this.#convolution(image, 'conv32_down', { stride: 2 }));
    image = this.#pool(image, 'MaxPool', 3);
    for (const block of BLOCKS) {
      image = block.includes('_down')
        ? this.#halvingBlock(image, block)
        : this.#block(image, block);
    }
    const mean = this.#graph.node('ReduceMean', [image.name], { axes: [2, 3], keepdims: 0 });
    const { shape, values } = this.#weight('fc');
    const embedding = this.#graph.node('MatMul', [mean, this.#graph.floats(shape, values)]);
    this.#graph.output('embedding', embedding, ['N', shape[1] ?? 0]);
    return this.#graph.build();
  }

  #block(input: Image, block: string): Image {
    const first = this.#relu(this.#convolution(input, `${block}/conv1`, { padding: 1 }));
    return this.#sum(this.#convolution(first, `${block}/conv2`, { padding: 1 }), input);
  }

  /** Halves the size; the shortcut is an average pool, with zeros for the channels that are new. */
  #halvingBlock(input: Image, block: string): Image {
    const first = this.#relu(this.#convolution(input, `${block}/conv1`, { stride: 2 }));
    const second = this.#convolution(first, `${block}/conv2`, { padding: 1 });
    const shortcut = this.#pool(input, 'AveragePool', 2);
    const size = Math.max(second.size, shortcut.size);
    const channels = Math.max(second.channels, shortcut.channels);
    return this.#sum(this.#padTo(second, size, channels), this.#padTo(shortcut, size, channels));
  }

  #convolution(
    input: Image,
    layer: string,
    { stride = 1, padding = 0 }: { stride?: number; padding?: number },
  ): Image {
    const filters = this.#weight(`${layer}/conv/filters`);
    const bias = this.#weight(`${layer}/conv/bias`).values;
    const scale = this.#weight(`${layer}/scale/weights`).values;
    const shift = this.#weight(`${layer}/scale/biases`).values;
    const [side = 0, , from = 0, to = 0] = filters.shape;
    const fanIn = from * side * side;
    const kernel = transpose(filters.values, filters.shape, [3, 2, 0, 1]).map(
      (value, i) => value * scale[Math.floor(i / fanIn)]!,
    );
    const offsets = bias.map((value, i) => value * scale[i]! + shift[i]!);
    const name = this.#graph.node(
      'Conv',
      [
        input.name,
        this.#graph.floats([to, from, side, side], kernel),
        this.#graph.floats([to], offsets),
      ],
      {
        kernel_shape: [side, side],
        strides: [stride, stride],
        pads: [padding, padding, padding, padding],
      },
    );
    const size = Math.floor((input.size + 2 * padding - side) / stride) + 1;
    return { name, channels: to, size };
  }

  #pool(input: Image, opType: 'MaxPool' | 'AveragePool', side: number): Image {
    const name = this.#graph.node(opType, [input.name], {
      kernel_shape: [side, side],
      strides: [2, 2],
    });
    return { ...input, name, size: Math.floor((input.size - side) / 2) + 1 };
  }

  #padTo(image: Image, size: number, channels: number): Image {
    if (image.size === size && image.channels === channels) return image;
    const grown = size - image.size;
    // Zeros after the last channel, row and column.
    const pads = this.#graph.integers([0, 0, 0, 0, 0, channels - image.channels, grown, grown]);
    return { name: this.#graph.node('Pad', [image.name, pads]), size, channels };
  }

  #relu(image: Image): Image {
    return { ...image, name: this.#graph.node('Relu', [image.name]) };
  }

  #sum(a: Image, b: Image): Image {
    return this.#relu({ ...a, name: this.#graph.node('Add', [a.name, b.name]) });
  }

  #weight(name: string): Weight {
    const weight = this.#weights.get(name);
    if (!weight) {
      throw new PipelineError(
        'CONVERSION_FAILED',
        `expected the weights of dlib's face recognition ResNet, but ${name} is missing`,
      );
    }
    return weight;
  }
}

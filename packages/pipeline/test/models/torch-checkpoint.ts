import { makeZip } from './make-zip.js';

/** A tensor of 32-bit floats to be written. */
export interface TestTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** A pickle, instruction by instruction; see Python's pickletools. */
export const P = {
  text: (value: string) =>
    Buffer.concat([Buffer.from('X'), u32(Buffer.byteLength(value)), Buffer.from(value)]),
  int: (value: number) => Buffer.concat([Buffer.from('J'), u32(value)]),
  tuple: (...items: Buffer[]) => Buffer.concat([Buffer.from('('), ...items, Buffer.from('t')]),
  list: (...items: Buffer[]) => Buffer.concat([Buffer.from(']('), ...items, Buffer.from('e')]),
  dict: (...items: Buffer[]) => Buffer.concat([Buffer.from('}('), ...items, Buffer.from('u')]),
  global: (module: string, name: string) => Buffer.from(`c${module}\n${name}\n`),
  call: (callable: Buffer, ...args: Buffer[]) =>
    Buffer.concat([callable, P.tuple(...args), Buffer.from('R')]),
  file: (value: Buffer) => Buffer.concat([Buffer.from([0x80, 2]), value, Buffer.from('.')]),
} as const;

/** What torch.save writes for a state dict, since PyTorch 1.6. */
export function zippedCheckpoint(tensors: Readonly<Record<string, TestTensor>>): Buffer {
  const files: Record<string, Uint8Array | string> = {
    'archive/data.pkl': P.file(stateDict(tensors, [])),
    'archive/version': '3\n',
  };
  for (const [i, { values }] of Object.values(tensors).entries()) {
    files[`archive/data/${i}`] = bytesOf(values);
  }
  return makeZip(files);
}

/** What torch.save wrote for a state dict before PyTorch 1.6. */
export function legacyCheckpoint(tensors: Readonly<Record<string, TestTensor>>): Buffer {
  const magic = Buffer.from([0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19]);
  const all = Object.values(tensors);
  const system = P.dict(P.text('little_endian'), Buffer.from([0x88]));
  // Values stand in an order of their own: here, the last first.
  const keys = all.map((_, i) => i).reverse();
  return Buffer.concat([
    ...[magic, P.int(1001), system, stateDict(tensors, [Buffer.from('N')])].map(P.file),
    P.file(P.list(...keys.map((key) => P.text(String(key))))),
    ...keys.flatMap((key) => {
      const count = Buffer.alloc(8);
      count.writeUInt32LE(all[key]!.values.length);
      return [count, bytesOf(all[key]!.values)];
    }),
  ]);
}

function stateDict(tensors: Readonly<Record<string, TestTensor>>, view: Buffer[]): Buffer {
  const items = Object.entries(tensors).map(([name, { shape, values }], i) => {
    const storage = P.tuple(
      P.text('storage'),
      P.global('torch', 'FloatStorage'),
      P.text(String(i)),
      P.text('cpu'),
      P.int(values.length),
      ...view,
    );
    const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
    const hooks = P.call(P.global('collections', 'OrderedDict'));
    const tensor = P.call(
      P.global('torch._utils', '_rebuild_tensor_v2'),
      Buffer.concat([storage, Buffer.from('Q')]),
      P.int(0),
      P.tuple(...shape.map(P.int)),
      P.tuple(...strides.map(P.int)),
      Buffer.from([0x89]),
      hooks,
    );
    return Buffer.concat([P.text(name), tensor]);
  });
  const empty = P.call(P.global('collections', 'OrderedDict'));
  const metadata = P.dict(P.text('_metadata'), P.dict());
  return Buffer.concat([
    empty,
    Buffer.from('('),
    ...items,
    Buffer.from('u'),
    metadata,
    Buffer.from('b'),
  ]);
}

/** A state dict of facenet-pytorch's InceptionResnetV1 with weights of noise. */
export function inceptionResnetOfNoise(): Record<string, TestTensor> {
  const tensors: Record<string, TestTensor> = {};
  const random = stream();
  const layers: [name: string, out: number, into: number, height: number, width: number][] = [
    ['conv2d_1a', 32, 3, 3, 3],
    ['conv2d_2a', 32, 32, 3, 3],
    ['conv2d_2b', 64, 32, 3, 3],
    ['conv2d_3b', 80, 64, 1, 1],
    ['conv2d_4a', 192, 80, 3, 3],
    ['conv2d_4b', 256, 192, 3, 3],
    ['mixed_6a.branch0', 384, 256, 3, 3],
    ['mixed_6a.branch1.0', 192, 256, 1, 1],
    ['mixed_6a.branch1.1', 192, 192, 3, 3],
    ['mixed_6a.branch1.2', 256, 192, 3, 3],
    ['mixed_7a.branch0.0', 256, 896, 1, 1],
    ['mixed_7a.branch0.1', 384, 256, 3, 3],
    ['mixed_7a.branch1.0', 256, 896, 1, 1],
    ['mixed_7a.branch1.1', 256, 256, 3, 3],
    ['mixed_7a.branch2.0', 256, 896, 1, 1],
    ['mixed_7a.branch2.1', 256, 256, 3, 3],
    ['mixed_7a.branch2.2', 256, 256, 3, 3],
  ];
  const ups: [name: string, out: number, into: number][] = [];
  for (let i = 0; i < 5; i++) {
    layers.push(
      [`repeat_1.${i}.branch0`, 32, 256, 1, 1],
      [`repeat_1.${i}.branch1.0`, 32, 256, 1, 1],
      [`repeat_1.${i}.branch1.1`, 32, 32, 3, 3],
      [`repeat_1.${i}.branch2.0`, 32, 256, 1, 1],
      [`repeat_1.${i}.branch2.1`, 32, 32, 3, 3],
      [`repeat_1.${i}.branch2.2`, 32, 32, 3, 3],
    );
    ups.push([`repeat_1.${i}`, 256, 96]);
  }
  for (let i = 0; i < 10; i++) {
    layers.push(
      [`repeat_2.${i}.branch0`, 128, 896, 1, 1],
      [`repeat_2.${i}.branch1.0`, 128, 896, 1, 1],
      [`repeat_2.${i}.branch1.1`, 128, 128, 1, 7],
      [`repeat_2.${i}.branch1.2`, 128, 128, 7, 1],
    );
    ups.push([`repeat_2.${i}`, 896, 256]);
  }
  for (const block of [...[0, 1, 2, 3, 4].map((i) => `repeat_3.${i}`), 'block8']) {
    layers.push(
      [`${block}.branch0`, 192, 1792, 1, 1],
      [`${block}.branch1.0`, 192, 1792, 1, 1],
      [`${block}.branch1.1`, 192, 192, 1, 3],
      [`${block}.branch1.2`, 192, 192, 3, 1],
    );
    ups.push([block, 1792, 384]);
  }
  const add = (name: string, shape: number[], [min, max]: readonly [number, number]) => {
    const count = shape.reduce((product, size) => product * size, 1);
    // One stream for all tensors, so that no two begin alike.
    const values = Float32Array.from({ length: count }, () => min + (max - min) * random());
    tensors[name] = { shape, values };
  };
  const normalisation = (name: string, channels: number) => {
    add(`${name}.weight`, [channels], [0.5, 1.5]);
    add(`${name}.bias`, [channels], [-0.4, 0.5]);
    add(`${name}.running_mean`, [channels], [-0.3, 0.5]);
    add(`${name}.running_var`, [channels], [0.6, 1.5]);
  };
  // A spread that keeps values of the same size from layer to layer.
  const spread = (fanIn: number) => [-Math.sqrt(3 / fanIn), Math.sqrt(3 / fanIn)] as const;
  for (const [name, out, into, height, width] of layers) {
    add(`${name}.conv.weight`, [out, into, height, width], spread(into * height * width));
    normalisation(`${name}.bn`, out);
  }
  for (const [name, out, into] of ups) {
    add(`${name}.conv2d.weight`, [out, into, 1, 1], spread(into));
    add(`${name}.conv2d.bias`, [out], [-0.1, 0.1]);
  }
  add('last_linear.weight', [512, 1792], spread(1792));
  normalisation('last_bn', 512);
  return tensors;
}

/** The same numbers from 0 to 1 in every run (xorshift, Marsaglia 2003). */
function stream(): () => number {
  let state = 2463534242;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

function bytesOf(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

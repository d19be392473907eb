import { describe, expect, it } from 'vitest';
import { makeZip } from '../../../test/models/make-zip.js';
import { legacyCheckpoint, P, zippedCheckpoint } from '../../../test/models/torch-checkpoint.js';
import { readTorch } from './read-torch.js';

const TENSORS = {
  'layer.weight': { shape: [2, 3], values: Float32Array.of(1, 2, 3, 4, 5, 6) },
  'layer.bias': { shape: [2], values: Float32Array.of(-1, 0.5) },
};

const refused = (reason: RegExp) => ({
  code: 'CONVERSION_FAILED',
  message: expect.stringMatching(reason),
});

const zipOf = (value: Buffer) => makeZip({ 'archive/data.pkl': P.file(value) });

function tensor(type: Buffer, size: Buffer): Buffer {
  const id = P.tuple(P.text('storage'), type, P.text('0'), P.text('cpu'), size);
  return P.dict(
    P.text('weight'),
    P.call(
      P.global('torch._utils', '_rebuild_tensor_v2'),
      Buffer.concat([id, Buffer.from('Q')]),
      P.int(0),
      P.tuple(P.int(2)),
      P.tuple(P.int(1)),
    ),
  );
}

describe('a checkpoint that is refused', () => {
  it.each<[string, Buffer, RegExp]>([
    ['a page', Buffer.from('<html>404 Not Found</html>'), /state dict/],
    ['nothing', Buffer.alloc(0), /ends early/],
    ['another archive', makeZip({ 'archive/readme.txt': 'hello' }), /no data\.pkl/],
    ['a list', zipOf(P.list(P.int(1))), /no dict/],
    ['a whole training state', zipOf(P.dict(P.text('epoch'), P.int(7))), /epoch is no tensor/],
    [
      'a command in place of a tensor',
      zipOf(P.call(P.global('os', 'system'), P.text('touch /tmp/facedex-owned'))),
      /would call os\.system, which is not executed/,
    ],
    [
      'a whole network',
      zipOf(P.call(P.global('facenet_pytorch.models.inception_resnet_v1', 'InceptionResnetV1'))),
      /save the state dict alone/,
    ],
    [
      'code by another instruction (OBJ)',
      zipOf(
        Buffer.concat([Buffer.from('('), P.global('os', 'system'), P.text('ls'), Buffer.from('o')]),
      ),
      /instruction 0x6f/,
    ],
    [
      'attributes of an object',
      zipOf(Buffer.concat([P.global('os', 'environ'), P.dict(), Buffer.from('b')])),
      /attributes of an object/,
    ],
    ['values that are no storage', zipOf(tensor(P.global('os', 'path'), P.int(2))), /values of os/],
    [
      'a storage that is not there',
      zipOf(tensor(P.global('torch', 'FloatStorage'), P.int(2))),
      /weight doesn't have the values/,
    ],
    [
      'a storage of less than no values',
      zipOf(tensor(P.global('torch', 'FloatStorage'), P.int(0xffffffff))),
      /storage without size/,
    ],
  ])('%s', async (_, bytes, reason) => {
    await expect(readTorch(bytes)).rejects.toMatchObject(refused(reason));
  });

  it('every truncation, and every changed byte, is refused or read, and never hangs', async () => {
    for (const whole of [zippedCheckpoint(TENSORS), legacyCheckpoint(TENSORS)]) {
      for (let i = 0; i < whole.length; i++) {
        await expect(readTorch(whole.subarray(0, i))).rejects.toMatchObject({
          code: 'CONVERSION_FAILED',
        });
        const changed = Buffer.from(whole);
        changed[i]! ^= 0xff;
        await readTorch(changed).catch((error) => expect(error.code).toBe('CONVERSION_FAILED'));
      }
    }
  });
});

describe('a state dict', () => {
  it.each([
    ['as PyTorch writes it', zippedCheckpoint],
    ['as PyTorch wrote it before 1.6', legacyCheckpoint],
  ])('%s is read', async (_, write) => {
    expect(Object.fromEntries(await readTorch(write(TENSORS)))).toEqual(TENSORS);
  });

  it('keeps no other values than floats', async () => {
    const bytes = zipOf(tensor(P.global('torch', 'LongStorage'), P.int(2)));
    expect(await readTorch(bytes)).toEqual(new Map());
  });
});

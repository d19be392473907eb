import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { convertFacenetPytorch } from '../../src/models/convert/convert-facenet-pytorch.js';
import { fetchWheel } from '../../src/models/fetch-wheel.js';
import { addModel, removeModel, verifyModel } from '../../src/models/index.js';
import { noise, relativeDifference, runOnnx } from './networks.js';
import { runPython } from './python.js';
import { inceptionResnetOfNoise, legacyCheckpoint, zippedCheckpoint } from './torch-checkpoint.js';

/** Only the order of floating point sums differs: seven times what was seen (6.7e-7). */
const TOLERANCE = 5e-6;

/** PyTorch is too large for PyPI's wheels to be fetched here; Debian's python3-torch will do. */
const PYTHON = process.env.FACEDEX_TEST_TORCH_PYTHON ?? 'python3';

const FILE = 'facenet_pytorch/models/inception_resnet_v1.py';
const PACKAGE = {
  package: 'facenet-pytorch',
  version: '2.5.3',
  sha256: 'b8002c3ee7a3af471c433cbda1fdcab9ae2d46a4aac43435ba08259c45ffc884',
  files: [FILE],
};

/** Loads the network alone, without what downloads its weights, and runs it on faces. */
const SCRIPT = `
import sys, types, numpy, torch
for name in ['requests', 'requests.adapters', 'p', 'p.utils', 'p.utils.download']:
    sys.modules[name] = types.ModuleType(name)
sys.modules['requests.adapters'].HTTPAdapter = None
sys.modules['p.utils.download'].download_url_to_file = None
module = types.ModuleType('p.network')
module.__package__ = 'p'
exec(open(sys.argv[1]).read(), module.__dict__)
torch.set_num_threads(1)
network = module.InceptionResnetV1(device='cpu').eval()
report = network.load_state_dict(torch.load(sys.argv[2]), strict=False)
assert not report.unexpected_keys, report
assert all('num_batches_tracked' in key for key in report.missing_keys), report
faces = numpy.frombuffer(sys.stdin.buffer.read(), numpy.float32).reshape(-1, 3, 160, 160)
with torch.no_grad():
    sys.stdout.buffer.write(network(torch.from_numpy(faces.copy())).numpy().tobytes())
`;

const faces = noise(2 * 3 * 160 * 160);
const state = inceptionResnetOfNoise();
const checkpoint = zippedCheckpoint(state);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'facedex-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Embeddings of unit length, one after the other, as facenet-pytorch gives them. */
async function embed(model: Uint8Array): Promise<Float32Array> {
  const { embedding } = await runOnnx(model, faces, [2, 3, 160, 160]);
  expect(embedding?.dims).toEqual([2, 512]);
  return embedding!.data.map((value, i, all) => {
    const face = all.subarray(512 * Math.floor(i / 512), 512 * (Math.floor(i / 512) + 1));
    return value / Math.hypot(...face);
  });
}

describe('a checkpoint of facenet-pytorch', () => {
  it('that lacks a layer is refused, and the layer named', async () => {
    const { 'last_linear.weight': _, ...rest } = state;
    await expect(convertFacenetPytorch(zippedCheckpoint(rest))).rejects.toMatchObject({
      code: 'CONVERSION_FAILED',
      message: expect.stringContaining('last_linear.weight'),
    });
  });

  it('gives what facenet-pytorch gave for the same weights of noise', async () => {
    const embeddings = await embed(await convertFacenetPytorch(checkpoint));
    // First values of both faces: facenet-pytorch 2.5.3 on PyTorch 1.13.1, by the script above.
    const expected = [
      [-0.09077177941799164, 0.059374041855335236, -0.005499957595020533, 0.032624438405036926],
      [-0.09127781540155411, 0.05948639288544655, -0.005364930257201195, 0.03368200734257698],
    ];
    for (const [face, values] of expected.entries()) {
      const ours = embeddings.subarray(face * 512, face * 512 + values.length);
      expect(relativeDifference(ours, Float32Array.from(values))).toBeLessThan(TOLERANCE);
    }
  });

  it('gives what facenet-pytorch gives here', async (context) => {
    const torch = await promisify(execFile)(PYTHON, ['-c', 'import torch']).catch((error) => error);
    if (torch instanceof Error) {
      return context.skip(`no PyTorch for ${PYTHON}: apt install python3-torch`);
    }
    const source = await fetchWheel(PACKAGE).catch((error) => error as Error);
    if (source instanceof Error) return context.skip(source.message);
    const paths = { network: join(folder, 'network.py'), weights: join(folder, 'weights.pt') };
    await writeFile(paths.network, source.get(FILE)!);
    await writeFile(paths.weights, checkpoint);
    const expected = await runPython(PYTHON, {
      script: SCRIPT,
      args: [paths.network, paths.weights],
      input: faces,
    });
    const embeddings = await embed(await convertFacenetPytorch(checkpoint));
    expect(relativeDifference(embeddings, expected)).toBeLessThan(TOLERANCE);
  }, 300_000);

  it('is added as a model for FaceNet’s crop, also as PyTorch wrote it before 1.6', async () => {
    const path = join(folder, '20180402-114759-vggface2.pt');
    await writeFile(path, legacyCheckpoint(state));
    const card = await addModel(path, { card: { id: 'mine' }, cacheDirectory: folder });
    expect(card).toMatchObject({
      dimension: 512,
      input: { width: 160, colourOrder: 'rgb', mean: [127.5, 127.5, 127.5] },
      alignment: { size: 160, stretch: expect.any(Number) },
    });
    await verifyModel('mine', { cacheDirectory: folder });
    await removeModel('mine', { cacheDirectory: folder });
  });
});

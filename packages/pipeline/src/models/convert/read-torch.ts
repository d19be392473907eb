import { PipelineError } from '../../pipeline-error.js';
import { readZip } from '../read-zip.js';
import { readPickle } from './read-pickle.js';
import type { Weight } from './read-tfjs-weights.js';

/** The values of some tensors, in the file. */
interface Storage {
  readonly type: string;
  readonly key: string;
  readonly count: number;
}

/** A window into a storage. */
interface StoredTensor {
  readonly storage: Storage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/** Bytes per value of the storages that a checkpoint may have. */
const VALUE_BYTES: Readonly<Record<string, number>> = {
  'torch.FloatStorage': 4,
  'torch.DoubleStorage': 8,
  'torch.HalfStorage': 2,
  'torch.LongStorage': 8,
  'torch.IntStorage': 4,
};
const FLOATS = 'torch.FloatStorage';

/** What a file of PyTorch before 1.6 starts with, and the version that it then names. */
const LEGACY_MAGIC = 0x1950a86a20f9469cfc6cn;
const LEGACY_VERSION = 1001;

/**
 * Reads the 32-bit float tensors of a PyTorch state dict (`torch.save(model.state_dict(), path)`),
 * also as PyTorch before 1.6 wrote it. Nothing in the file is executed; a file that would call
 * anything but what rebuilds tensors is refused.
 *
 * @throws {PipelineError} `CONVERSION_FAILED` when the file is damaged, or no state dict
 */
export async function readTorch(bytes: Uint8Array): Promise<Map<string, Weight>> {
  try {
    return isZip(bytes) ? await readZipped(bytes) : readLegacy(bytes);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PipelineError(
      'CONVERSION_FAILED',
      `expected a PyTorch state dict, as torch.save(model.state_dict(), path) writes it: ${reason}`,
      { cause },
    );
  }
}

function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b;
}

/** A folder with the pickle `data.pkl`, and `data/<key>` per storage. */
async function readZipped(bytes: Uint8Array): Promise<Map<string, Weight>> {
  const files = await readZip(bytes, (path) => /^[^/]+\/(data\.pkl|data\/\d+)$/.test(path));
  const [pickle] = [...files.keys()].filter((path) => path.endsWith('/data.pkl'));
  if (pickle === undefined) throw new Error('the archive has no data.pkl');
  const folder = pickle.slice(0, -'.pkl'.length);
  const { value } = readPickle(files.get(pickle)!, HANDLERS);
  return weightsOf(value, ({ key }) => files.get(`${folder}/${key}`));
}

/** Pickles of the magic number, the version, the system and the tensors; then the storages. */
function readLegacy(bytes: Uint8Array): Map<string, Weight> {
  let at = 0;
  const next = (): unknown => {
    const { value, end } = readPickle(bytes, { ...HANDLERS, at });
    at = end;
    return value;
  };
  if (next() !== LEGACY_MAGIC || next() !== LEGACY_VERSION) throw new Error('it is no such file');
  const system = next();
  if (system instanceof Map && system.get('little_endian') === false) {
    throw new Error('it was written on a big-endian machine');
  }
  const value = next();
  const keys = next();
  if (!Array.isArray(keys)) throw new Error('it has no list of storages');
  const storages = new Map<string, Storage>();
  for (const { storage } of tensorsOf(value).values()) storages.set(storage.key, storage);
  const contents = new Map<string, Uint8Array>();
  for (const key of keys) {
    const storage = storages.get(String(key));
    if (!storage) throw new Error('it has a storage that no tensor uses');
    const start = at + 8; // The number of values stands before them.
    at = start + storage.count * VALUE_BYTES[storage.type]!;
    if (at > bytes.length) throw new Error('it ends early');
    contents.set(storage.key, bytes.subarray(start, at));
  }
  return weightsOf(value, ({ key }) => contents.get(key));
}

const HANDLERS = {
  call(callable: string, args: readonly unknown[]): unknown {
    if (callable === 'collections.OrderedDict' && args.length === 0) return new Map();
    if (callable === 'torch._utils._rebuild_parameter') return args[0];
    if (callable === 'torch._utils._rebuild_tensor_v2') return tensorFrom(args);
    throw new Error(`it would call ${callable}, which is not executed: save the state dict alone`);
  },
  persistent(id: unknown): Storage {
    const [tag, type, key, , count] = Array.isArray(id) ? id : [];
    const name: unknown = type?.global;
    if (tag !== 'storage' || typeof name !== 'string' || VALUE_BYTES[name] === undefined) {
      throw new Error(`it has values of ${String(name)}`);
    }
    if (typeof key !== 'string' || !isCount(count))
      throw new Error('it has a storage without size');
    return { type: name, key, count };
  },
} as const;

function tensorFrom([storage, offset, shape, strides]: readonly unknown[]): StoredTensor {
  if (!isStorage(storage) || !isCount(offset) || !isCounts(shape) || !isCounts(strides)) {
    throw new Error('it has a damaged tensor');
  }
  return { storage, offset, shape, strides };
}

function tensorsOf(value: unknown): Map<string, StoredTensor> {
  if (!(value instanceof Map)) throw new Error('it holds no dict');
  const tensors = new Map<string, StoredTensor>();
  for (const [name, tensor] of value) {
    if (typeof name !== 'string' || !isTensor(tensor)) {
      throw new Error(`${String(name)} is no tensor: save the state dict alone`);
    }
    tensors.set(name, tensor);
  }
  return tensors;
}

/** The values of the tensors of floats; counters are left out. */
function weightsOf(
  value: unknown,
  contentOf: (storage: Storage) => Uint8Array | undefined,
): Map<string, Weight> {
  const weights = new Map<string, Weight>();
  for (const [name, { storage, offset, shape, strides }] of tensorsOf(value)) {
    if (storage.type !== FLOATS) continue;
    const count = shape.reduce((product, size) => product * size, 1);
    const content = contentOf(storage);
    if (content?.length !== storage.count * 4 || offset + count > storage.count) {
      throw new Error(`${name} doesn't have the values of its shape [${shape}]`);
    }
    const rowMajor = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
    if (strides.some((stride, axis) => stride !== rowMajor[axis] && shape[axis] !== 1)) {
      throw new Error(`${name} is not contiguous`);
    }
    // A copy, as the bytes may lie at any offset of the file.
    const bytes = new Uint8Array(content.subarray(offset * 4, (offset + count) * 4));
    weights.set(name, { shape, values: new Float32Array(bytes.buffer) });
  }
  return weights;
}

function isStorage(value: unknown): value is Storage {
  return typeof value === 'object' && value !== null && 'key' in value && 'type' in value;
}

function isTensor(value: unknown): value is StoredTensor {
  return typeof value === 'object' && value !== null && 'storage' in value;
}

function isCounts(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every(isCount);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

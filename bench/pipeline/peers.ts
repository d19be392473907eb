import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';

/** All that both peers need, in versions that go together. */
const PACKAGES = {
  '@vladmandic/face-api': '1.7.15',
  '@vladmandic/human': '3.3.6',
  '@tensorflow/tfjs': '4.22.0',
  '@tensorflow/tfjs-backend-wasm': '4.22.0',
};

const FOLDER = join(tmpdir(), 'facedex-bench', 'pipeline-peers');

/** Installs the peers in a project of their own, without their scripts. */
export function installPeers(): void {
  if (existsSync(join(FOLDER, 'done'))) return;
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, 'package.json'), '{ "private": true }\n');
  const wanted = Object.entries(PACKAGES).map(([name, version]) => `${name}@${version}`);
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--save-exact'];
  const { status, stderr } = spawnSync('npm', ['install', ...options, ...wanted], {
    cwd: FOLDER,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the peers could not be installed:\n${stderr}`);
  writeFileSync(join(FOLDER, 'done'), '');
}

/** `require` as the peers' project sees it. */
export const requirePeer = createRequire(join(FOLDER, 'package.json'));

/** The folder of an installed package. */
export function peerFolder(name: keyof typeof PACKAGES): string {
  return join(FOLDER, 'node_modules', name);
}

/** The part of TensorFlow.js that the peers are called with. */
export interface TensorFlow {
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
  tensor3d(data: Uint8Array, shape: [number, number, number], type: 'int32'): Tensor;
}

export interface Tensor {
  dispose(): void;
}

/** TensorFlow.js on its WebAssembly backend, from one file of its package. */
export async function openTensorFlow(): Promise<TensorFlow> {
  const tf = requirePeer('@tensorflow/tfjs') as TensorFlow;
  const wasm = requirePeer('@tensorflow/tfjs-backend-wasm') as { setWasmPaths(path: string): void };
  const entry = requirePeer.resolve('@tensorflow/tfjs-backend-wasm');
  wasm.setWasmPaths(`${dirname(entry)}/`);
  await tf.setBackend('wasm');
  await tf.ready();
  return tf;
}

/** TensorFlow.js has no decoder on this backend, so photos are decoded as ours are. */
export async function readPhoto(tf: TensorFlow, file: string): Promise<Tensor> {
  const { data, info } = await sharp(file).removeAlpha().toColourspace('srgb').raw().toBuffer({
    resolveWithObject: true,
  });
  return tf.tensor3d(data, [info.height, info.width, 3], 'int32');
}

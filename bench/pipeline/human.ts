// A contender: human with its face detector, mesh and description; all else is off.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serve } from './contender.js';
import { openTensorFlow, peerFolder, readPhoto, requirePeer, type Tensor } from './peers.js';

interface Human {
  load(): Promise<void>;
  detect(input: Tensor): Promise<{
    face: { box: [number, number, number, number]; embedding?: number[] }[];
  }>;
}

// It reads its models with fetch, which knows no files in Node.
globalThis.fetch = async (url) => new Response(await readFile(fileURLToPath(String(url))));

await serve(async () => {
  const tf = await openTensorFlow();
  const { Human } = requirePeer(
    // Its package exports it under a name that Node refuses.
    join(peerFolder('@vladmandic/human'), 'dist', 'human.node-wasm.js'),
  ) as {
    Human: new (config: object) => Human;
  };
  const off = { enabled: false };
  const human = new Human({
    backend: 'wasm',
    wasmPath: join(peerFolder('@tensorflow/tfjs-backend-wasm'), 'dist/'),
    modelBasePath: `file://${join(peerFolder('@vladmandic/human'), 'models')}/`,
    debug: false,
    cacheSensitivity: 0,
    filter: off,
    gesture: off,
    body: off,
    hand: off,
    object: off,
    segmentation: off,
    face: {
      enabled: true,
      detector: { enabled: true, rotation: true, maxDetected: 10 },
      mesh: { enabled: true },
      description: { enabled: true },
      iris: off,
      emotion: off,
      attention: off,
      antispoof: off,
      liveness: off,
    },
  });
  await human.load();
  return {
    async analyse(files, onPhoto) {
      for (const file of files) {
        const photo = await readPhoto(tf, file);
        const { face } = await human.detect(photo);
        photo.dispose();
        const largestFirst = [...face].sort((a, b) => b.box[3] - a.box[3]);
        onPhoto(
          largestFirst.flatMap(({ embedding }) =>
            embedding ? [Float32Array.from(embedding)] : [],
          ),
        );
      }
    },
  };
});

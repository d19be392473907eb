// A contender: face-api with its most accurate detector, landmarks and descriptors of all faces.
import { join } from 'node:path';
import { serve } from './contender.js';
import { openTensorFlow, peerFolder, readPhoto, requirePeer, type Tensor } from './peers.js';

interface Network {
  loadFromDisk(folder: string): Promise<void>;
}

interface FaceApi {
  nets: Record<'ssdMobilenetv1' | 'faceLandmark68Net' | 'faceRecognitionNet', Network>;
  SsdMobilenetv1Options: new (options: { minConfidence: number }) => object;
  detectAllFaces(
    input: Tensor,
    options: object,
  ): {
    withFaceLandmarks(): {
      withFaceDescriptors(): PromiseLike<
        { detection: { box: { height: number } }; descriptor: Float32Array }[]
      >;
    };
  };
}

await serve(async () => {
  const tf = await openTensorFlow();
  const faceApi = requirePeer('@vladmandic/face-api/dist/face-api.node-wasm.js') as FaceApi;
  const models = join(peerFolder('@vladmandic/face-api'), 'model');
  const { ssdMobilenetv1, faceLandmark68Net, faceRecognitionNet } = faceApi.nets;
  for (const network of [ssdMobilenetv1, faceLandmark68Net, faceRecognitionNet]) {
    await network.loadFromDisk(models);
  }
  const options = new faceApi.SsdMobilenetv1Options({ minConfidence: 0.3 });
  return {
    async analyse(files, onPhoto) {
      for (const file of files) {
        const photo = await readPhoto(tf, file);
        const faces = await faceApi
          .detectAllFaces(photo, options)
          .withFaceLandmarks()
          .withFaceDescriptors();
        photo.dispose();
        const largestFirst = [...faces].sort(
          (a, b) => b.detection.box.height - a.detection.box.height,
        );
        onPhoto(largestFirst.map(({ descriptor }) => descriptor));
      }
    },
  };
});

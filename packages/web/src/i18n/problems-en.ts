/** What has happened, and what to do about it. */
export type ProblemText = readonly [title: string, advice: string];

const fault: ProblemText = [
  'The service has failed',
  'Nothing is wrong with what you did. Try again; if it stays, whoever runs the service finds the cause in its log.',
];
const disk: ProblemText = [
  'The service could not use its disk',
  'It may be full, or not writable. Whoever runs the service finds the reason in its log.',
];
const damaged: ProblemText = [
  'A file of the gallery is damaged',
  'Nothing was overwritten. Whoever runs the service can restore it from a backup.',
];
const model: ProblemText = [
  'The service lacks a model',
  'Whoever runs it fetches the model with “facedex models pull”.',
];
const gone: ProblemText = [
  'It is not here (any more)',
  'Somebody may have deleted or merged it meanwhile. Load the page again to see what is there.',
];
const refused: ProblemText = [
  'The service did not accept this',
  'Something in it is not as the service expects.',
];
const missingFile: ProblemText = [
  'A file is not where the service looks for it',
  'Whoever runs the service can put it back.',
];

/** What is said of each problem of the service, by its code (docs/errors.md). */
export const problemsEn = {
  // Photos
  NO_FACE: [
    'No face was found',
    'Use a picture with a face that is at least 20 pixels wide, sharp and not turned away.',
  ],
  LOW_QUALITY: [
    'The face is too small, blurred or turned away',
    'Use a photo in which it is larger, sharper or seen from the front.',
  ],
  SEVERAL_FACES: [
    'There are several faces in the photo',
    'Use one with a single face, or choose to take the largest or all.',
  ],
  UNREADABLE_PHOTO: [
    'The picture cannot be read',
    'It is damaged, incomplete or of a kind that the service does not know. Use a JPEG, PNG, WebP, AVIF or TIFF.',
  ],
  PHOTO_TOO_LARGE: ['The picture has too many pixels', 'Scale it down and try again.'],
  BODY_TOO_LARGE: ['The file is too large', 'Use a smaller one, or scale the picture down.'],
  UNSUPPORTED_MEDIA_TYPE: [
    'The service does not take files of this kind',
    'Use a picture, such as a JPEG or PNG.',
  ],
  UNSUPPORTED_PICTURE_FORMAT: [
    'Pictures are not written in this format',
    'Ask for a JPEG, PNG or WebP.',
  ],
  ALREADY_ENROLLED: [
    'The photo is enrolled for somebody else',
    'Move its face to the right person, or delete it there first.',
  ],
  NO_PICTURE: [
    'The photo was not kept',
    'Its faces can still be found; the file itself is gone, or has changed since it was enrolled.',
  ],

  // People, faces, clusters, galleries
  PERSON_EXISTS: [
    'There is already a person of this name',
    'Take another name, or merge the two if they are the same person.',
  ],
  UNKNOWN_PERSON: gone,
  UNKNOWN_PHOTO: gone,
  UNKNOWN_FACE: gone,
  UNKNOWN_CLUSTER: [
    'This cluster is not here any more',
    'Faces were grouped anew, or it was merged. Load the page again to see the clusters of now.',
  ],
  UNKNOWN_JOB: ['The service does not know this job any more', 'Start it once more.'],
  NOT_FOUND: gone,
  METHOD_NOT_ALLOWED: refused,
  NO_GALLERY: ['There is no such gallery (any more)', 'Open another one in the menu at the top.'],
  GALLERY_EXISTS: ['There is already a gallery of this name', 'Take another name.'],
  NO_CLASSIFIER: [
    'No classifier has been trained yet',
    'Or somebody was deleted since: it has to be trained anew.',
  ],
  NO_THRESHOLD: [
    'The model has no threshold for this',
    'Whoever runs the service calibrates one with “facedex calibrate”.',
  ],
  WRONG_SPACE: [
    'The gallery was made with another model',
    'Whoever runs the service moves it over with “facedex reembed”.',
  ],
  UNSUPPORTED_VERSION: [
    'The gallery was written by another version of facedex',
    'Whoever runs the service has to update facedex.',
  ],
  LOCKED: ['Another process writes to this gallery', 'Wait until it is done, then try again.'],

  // The service
  UNAUTHENTICATED: ['The service asks for an API key', 'Load the page again to give one.'],
  UNKNOWN_KEY: ['There is no such API key', 'It may have been revoked.'],
  FORBIDDEN: [
    'Your API key does not allow this',
    'Whoever runs the service can give you one that does.',
  ],
  TOO_MANY_REQUESTS: ['That was too much at once', 'Wait a moment, then try again.'],
  OVERLOADED: ['The service is busy', 'Wait a moment, then try again.'],
  INVALID_ARGUMENT: refused,
  INVALID_EMBEDDING: refused,
  INVALID_FILE: refused,
  INVALID_FACTORY: refused,
  NOT_FINITE: refused,
  UNSUPPORTED: refused,
  IDEMPOTENCY_MISMATCH: refused,
  TRAINING_SET_TOO_SMALL: ['There are too few faces for this', 'Enrol more, then try again.'],
  MODEL_MISSING: model,
  MODEL_CORRUPT: model,
  UNKNOWN_MODEL: model,
  INVALID_MODEL: model,
  FETCH_FAILED: model,
  PACKAGE_CORRUPT: model,
  CONVERSION_FAILED: model,
  FOLDER_NOT_FOUND: missingFile,
  NO_PHOTOS: missingFile,
  FILE_NOT_FOUND: missingFile,
  PHOTO_MISSING: missingFile,
  PHOTO_NOT_FOUND: missingFile,
  FILE_EXISTS: disk,
  NOT_A_DIRECTORY: disk,
  CANNOT_WRITE: disk,
  CACHE_FAILED: disk,
  STORAGE_FAILED: disk,
  IO_FAILED: disk,
  CORRUPT_DATABASE: damaged,
  CORRUPT_FILE: damaged,
  KEYS_UNREADABLE: fault,
  READ_ONLY: fault,
  CLOSED: ['The gallery is being opened anew', 'Wait a moment, then try again.'],
  INFERENCE_FAILED: fault,
  ADDON_UNAVAILABLE: fault,
  DUPLICATE_ID: fault,
  ID_NOT_FOUND: fault,
  NOT_TRAINED: fault,
  DISPOSED: fault,
  OUT_OF_MEMORY: [
    'The service has run out of memory',
    'Try again later; if it stays, it needs a machine with more memory.',
  ],
  FAISS_FAILED: fault,
  UNEXPECTED: fault,
} satisfies Record<string, ProblemText>;

/** A code of the service's problems. */
export type ProblemCode = keyof typeof problemsEn;

/** What is said of the problems in a language; a code without a text is a type error. */
export type Problems = Readonly<Record<ProblemCode, ProblemText>>;

// Which kinds can be where. FAISS's own code would take others, and fail where it can't be caught:
// on OpenMP's threads, when a quantizer can't reconstruct or a refinement has no codes.

/** Inverted lists find their list by one of these. All can reconstruct. */
export const QUANTIZER_KINDS: ReadonlySet<string> = new Set([
  'IxFI',
  'IxF2',
  'IxFl',
  'IxPq',
  'IxPQ',
  'IxPo',
  'IxSQ',
  'IHNf',
  'IHNp',
  'IHNs',
  'Imiq',
  'IxPT',
]);

/** A refinement looks up a code for each candidate. */
export const REFINEMENT_KINDS: ReadonlySet<string> = new Set([
  'IxFI',
  'IxF2',
  'IxFl',
  'IxPq',
  'IxPQ',
  'IxPo',
  'IxSQ',
]);

/** What each kind of graph stores its vectors in. */
export const STORAGE_KINDS: Readonly<Record<string, ReadonlySet<string>>> = {
  IHNf: new Set(['IxFI', 'IxF2']),
  IHNp: new Set(['IxPq', 'IxPQ', 'IxPo']),
  IHNs: new Set(['IxSQ']),
};

/** Kinds that FAISS writes and that are not read here, in words. */
export const UNSUPPORTED_KINDS: Readonly<Record<string, string>> = {
  ...sameFor('an additive quantizer', ['IxRQ', 'IxRq', 'IxLS', 'IxPR', 'IxPL', 'ImRQ']),
  ...sameFor('an additive quantizer', ['ILfs', 'IRfs', 'IPRf', 'IPLf', 'IVLf', 'IVRf']),
  ...sameFor('an additive quantizer', ['NPLf', 'NPRf', 'IwLS', 'IwRQ', 'IwPL', 'IwPR']),
  ...sameFor('a format from before 2018', ['IvFl', 'IvFL', 'IvSQ', 'IvPQ', 'IvQR']),
  ...sameFor('IndexIVFFlatDedup', ['IwFd']),
  ...sameFor('spectral hashing', ['IwSh']),
  ...sameFor('a lattice', ['IxLa']),
  ...sameFor('two levels in one code', ['Ix2L', 'IHN2']),
  ...sameFor('a graph that cannot grow', ['INSf', 'INSp', 'INSs', 'INNf']),
  ...sameFor('a graph made by CAGRA', ['IHNc']),
  ...sameFor('row-wise minimum and maximum', ['IRMf', 'IRMh']),
  ...sameFor('an independent quantizer', ['IwIQ']),
  ...sameFor('RaBitQ', ['Ixrq', 'Iwrq', 'Irfs', 'Iwrf', 'Ixrr', 'Iwrr']),
  ...sameFor('an index of bits', ['IBxF', 'IBwF', 'IBFf', 'IBHf', 'IBMp', 'IBM2', 'IBHh', 'IBHm']),
  ...sameFor('an index that was left out', ['null']),
};

function sameFor(words: string, fourccs: string[]): Record<string, string> {
  return Object.fromEntries(fourccs.map((fourcc) => [fourcc, words]));
}

/** What is measured: a kind of index, with what it is searched with. */
export interface Case {
  name: string;
  factory: string;
  nprobe?: number;
  kFactor?: number;
  efSearch?: number;
  /** Only so many of the vectors. */
  count?: number;
}

/** Links of each node in a graph; twice as many in its lowest level, in all of the libraries. */
export const GRAPH_LINKS = 32;
/** FAISS's default. */
export const EF_CONSTRUCTION = 40;
export const K = 10;

/** Vectors are added in chunks, so that the growth of memory is that of the index. */
export const ADD_CHUNK = 20_000;
/** Vectors to train with: 100 for each of 1,024 lists. */
export const MOST_TRAINING = 102_400;

export const CASE_NAMES = ['call', 'flat', 'ivf-flat', 'ivf-sq8', 'fastscan', 'hnsw'] as const;

export type CaseName = (typeof CASE_NAMES)[number];

export function caseFor(name: CaseName, dimension: number): Case {
  switch (name) {
    case 'call':
      // So little work for FAISS that what remains is the call itself.
      return { name: 'a call (100 vectors)', factory: 'Flat', count: 100 };
    case 'flat':
      return { name: 'Flat', factory: 'Flat' };
    case 'ivf-flat':
      return { name: 'IVF1024,Flat', factory: 'IVF1024,Flat', nprobe: 16 };
    case 'ivf-sq8':
      return { name: 'IVF1024,SQ8', factory: 'IVF1024,SQ8', nprobe: 16 };
    case 'fastscan': {
      const factory = `IVF1024,PQ${dimension / 4}x4fs,RFlat`;
      return { name: factory, factory, nprobe: 16, kFactor: 4 };
    }
    case 'hnsw':
      return { name: `HNSW${GRAPH_LINKS}`, factory: `HNSW${GRAPH_LINKS}`, efSearch: 64 };
  }
}

import { autoTune, type FaissIndex } from '@facedex/faiss';
import type { SearchSample, SearchSettings } from './vector-index.js';

/** What is tried, in order, where vectors are compressed. */
const CANDIDATES = [2, 4, 8, 16];
const MAX_EF_SEARCH = 4096;
/** For kinds with several parameters at once, which only those have who ask for them. */
const SECONDS_FOR_SEVERAL = 20;

type Parameters = SearchSettings['parameters'];

export interface TuneOptions {
  /** The share of the true neighbours to find. */
  target: number;
  signal: AbortSignal;
}

/**
 * Finds the least effort that finds `target` of the true neighbours, or else most of them: the fewest
 * candidates for which that is possible, and then the smallest `nprobe` or `efSearch`.
 *
 * @throws the signal's reason when it is aborted
 */
export async function tuneSearch(
  index: FaissIndex,
  sample: SearchSample,
  { target, signal, isLossless }: TuneOptions & { isLossless: boolean },
): Promise<SearchSettings> {
  const probes = sample.probes.length / index.dimension;
  const wanted = sample.truth.length / probes;
  let best = { parameters: {} as Parameters, recall: -1 };
  let candidates = 1;
  for (const count of isLossless ? [1] : CANDIDATES) {
    // One more, since each probe is a face of the gallery and finds itself.
    const k = wanted * count + 1;
    const found = await leastEffort(index, sample, { k, target, signal });
    if (found.recall > best.recall) {
      best = found;
      candidates = count;
    }
    if (found.recall >= target) {
      break;
    }
  }
  const recall = { k: wanted, value: best.recall, probes };
  return { parameters: best.parameters, candidates, recall };
}

async function leastEffort(
  index: FaissIndex,
  { probes, truth }: SearchSample,
  { k, target, signal }: TuneOptions & { k: number },
): Promise<{ parameters: Parameters; recall: number }> {
  const names = (['nprobe', 'efSearch', 'kFactor'] as const).filter(
    (name) => index.parameters[name] !== undefined,
  );
  const [name] = names;
  const options = { k, groundTruth: truth, minMilliseconds: 0 };
  if (name === undefined || name === 'kFactor' || names.length > 1) {
    const points = await autoTune(index, probes, { ...options, maxSeconds: SECONDS_FOR_SEVERAL });
    const point = points.find(({ recall }) => recall >= target) ?? points.at(-1);
    return { parameters: { ...point?.parameters }, recall: point?.recall ?? 0 };
  }
  const measure = async (value: number) => {
    signal.throwIfAborted();
    // No second for a second run: only the recall counts here.
    const [point] = await autoTune(index, probes, {
      ...options,
      grid: { [name]: [value] },
      maxSeconds: 0,
    });
    return { parameters: { [name]: value }, recall: point?.recall ?? 0 };
  };
  // More effort finds no less, and the last value takes as long as all before it together.
  const most = name === 'nprobe' ? index.listCount : MAX_EF_SEARCH;
  let value = Math.min(name === 'nprobe' ? 1 : k, most);
  let found = await measure(value);
  while (found.recall < target && value < most) {
    value = Math.min(2 * value, most);
    found = await measure(value);
  }
  const between = Math.ceil(0.75 * value);
  const less = between < value && found.recall >= target ? await measure(between) : found;
  return less.recall >= target ? less : found;
}

import type { FacedexClient } from '@facedex/client';
import { ask } from '../api/ask.js';

const SEARCHES = 20;

/** What searches take, in milliseconds: medians. */
export interface SearchTimes {
  /** In the index, as the service measures it. */
  readonly searchMs: number;
  /** From request to answer. */
  readonly roundTripMs: number;
}

/** Searches for stored faces, one after the other; undefined without faces. */
export async function measureSearch(
  client: FacedexClient,
  gallery: string,
): Promise<SearchTimes | undefined> {
  const path = { gallery };
  const { items } = await ask(
    client.GET('/v1/galleries/{gallery}/faces', {
      params: { path, query: { limit: SEARCHES } },
    }),
  );
  if (items.length === 0) return undefined;
  const searches: number[] = [];
  const roundTrips: number[] = [];
  for (let i = 0; i < SEARCHES; i++) {
    const started = performance.now();
    const { searchMs } = await ask(
      client.POST('/v1/galleries/{gallery}/search', {
        params: { path },
        body: { storedFace: items[i % items.length]!.id, k: 10 },
      }),
    );
    searches.push(searchMs);
    roundTrips.push(performance.now() - started);
  }
  return { searchMs: median(searches), roundTripMs: median(roundTrips) };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

import { usePeople } from '../api/queries.js';

/** The tags of the people that were loaded, the most frequent first; the service has no list of them. */
export function useKnownTags(): string[] {
  const people = usePeople('').data?.pages.flatMap(({ items }) => items) ?? [];
  const counts = new Map<string, number>();
  for (const tag of people.flatMap(({ tags }) => tags)) {
    counts.set(tag, (counts.get(tag) ?? 0) + 1);
  }
  return [...counts].sort(([a, m], [b, n]) => n - m || a.localeCompare(b)).map(([tag]) => tag);
}

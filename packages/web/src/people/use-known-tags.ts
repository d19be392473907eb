import { useTags } from '../api/queries.js';

/** The tags of people, the most frequent first. */
export function useKnownTags(): string[] {
  const tags = (useTags().data ?? []).filter(({ people }) => people > 0);
  return tags
    .sort((a, b) => b.people - a.people || a.tag.localeCompare(b.tag))
    .map(({ tag }) => tag);
}

/** The set with an item more, or, if it was there, without it. */
export function toggled<T>(set: ReadonlySet<T>, item: T): ReadonlySet<T> {
  const next = new Set(set);
  if (!next.delete(item)) next.add(item);
  return next;
}

/** Those of the items that are in the set: what was selected, without what is gone meanwhile. */
export function selectedOf<T>(items: readonly T[], set: ReadonlySet<T>): ReadonlySet<T> {
  return new Set(items.filter((item) => set.has(item)));
}

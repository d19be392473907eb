/**
 * Which new groups are old clusters, when faces are grouped anew: a group takes over the cluster that
 * it shares the most faces with, if no group shares more with it. So an id stays with its person.
 *
 * @param faces the group and the former cluster of each face; null for none
 * @returns the cluster's id by group
 */
export function keepIds(
  faces: Iterable<{ group: number; clusterId: number | null }>,
): Map<number, number> {
  const shared = new Map<string, { group: number; clusterId: number; faces: number }>();
  for (const { group, clusterId } of faces) {
    if (clusterId !== null) {
      const key = `${group} ${clusterId}`;
      const entry = shared.get(key) ?? { group, clusterId, faces: 0 };
      entry.faces += 1;
      shared.set(key, entry);
    }
  }
  const kept = new Map<number, number>();
  const taken = new Set<number>();
  const best = [...shared.values()].sort(
    (a, b) => b.faces - a.faces || a.clusterId - b.clusterId || a.group - b.group,
  );
  for (const { group, clusterId } of best) {
    if (!kept.has(group) && !taken.has(clusterId)) {
      kept.set(group, clusterId);
      taken.add(clusterId);
    }
  }
  return kept;
}

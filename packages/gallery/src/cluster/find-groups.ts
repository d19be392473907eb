import type { FaceToGroup, Grouping } from '../store/cluster-store.js';
import type { MetadataStore } from '../store/metadata-store.js';
import { type GroupingOptions, groupGallery } from './group-gallery.js';
import { keepIds } from './keep-ids.js';
import { readFaces } from './read-faces.js';

/** What a look for clusters found, before it is written. */
export interface FoundGroups {
  /** Faces that were looked at, and those of them that are like no other. */
  faces: number;
  alone: number;
  groups: Grouping['groups'];
}

/** Groups the faces of a store that no path names: those in no cluster yet, or that may leave theirs. */
export async function findGroups(
  store: MetadataStore,
  options: Omit<GroupingOptions, 'embeddings' | 'banned'> & { afresh: boolean },
): Promise<FoundGroups> {
  const { faces, embeddings } = await readFaces(store, {
    dimension: options.dimension,
    read: (after, limit) => store.clusters.facesToGroup(after, limit),
  });
  const isFixed = ({ cluster }: Grouped) =>
    cluster !== null && (cluster.confirmed || !options.afresh);
  /** The groups that there are, by the id of their cluster. */
  const fixed = new Map<number, number>();
  for (const face of faces.filter(isFixed)) {
    fixed.set(face.cluster!.id, fixed.get(face.cluster!.id) ?? fixed.size);
  }
  const labels = await groupGallery(
    faces.map((face) => ({
      id: face.id,
      photo: face.photoId,
      group: isFixed(face) ? fixed.get(face.cluster!.id)! : -1,
    })),
    { ...options, embeddings, banned: await bannedOf(store, { faces, groups: fixed }) },
  );
  return {
    faces: faces.length,
    alone: labels.filter((label) => label < 0).length,
    groups: groupsOf(faces, { labels, fixed, isFixed }),
  };
}

/** By row of a face the groups that it was rejected from. */
async function bannedOf(
  store: MetadataStore,
  { faces, groups }: { faces: readonly Grouped[]; groups: ReadonlyMap<number, number> },
): Promise<Map<number, Set<number>>> {
  const rowOf = new Map(faces.map(({ id }, row) => [id, row]));
  const banned = new Map<number, Set<number>>();
  for (const { faceId, clusterId } of await store.clusters.rejections()) {
    const [row, group] = [rowOf.get(faceId), groups.get(clusterId)];
    if (row !== undefined && group !== undefined) {
      banned.set(row, (banned.get(row) ?? new Set()).add(group));
    }
  }
  return banned;
}

/** Without its embedding. */
type Grouped = Omit<FaceToGroup, 'embedding'>;

/** The loose faces of each group, with the cluster that they join. */
function groupsOf(
  faces: readonly Grouped[],
  parts: {
    labels: Int32Array;
    fixed: ReadonlyMap<number, number>;
    isFixed: (face: Grouped) => boolean;
  },
): { clusterId: number | null; faceIds: number[] }[] {
  const idOf = new Map(Array.from(parts.fixed, ([clusterId, group]) => [group, clusterId]));
  const groups = new Map<number, number[]>();
  const former: { group: number; clusterId: number | null }[] = [];
  for (const [row, face] of faces.entries()) {
    const group = parts.labels[row]!;
    if (group < 0 || parts.isFixed(face)) {
      continue;
    }
    const faceIds = groups.get(group) ?? [];
    faceIds.push(face.id);
    groups.set(group, faceIds);
    const clusterId = face.cluster?.id ?? null;
    if (!idOf.has(group) && clusterId !== null && !parts.fixed.has(clusterId)) {
      former.push({ group, clusterId });
    }
  }
  const kept = keepIds(former);
  return Array.from(groups, ([group, faceIds]) => ({
    clusterId: idOf.get(group) ?? kept.get(group) ?? null,
    faceIds,
  }));
}

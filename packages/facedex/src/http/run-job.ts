import { type NamedFace, trainClassifier } from '@facedex/gallery';
import type { AuditLog } from './audit-log.js';
import type { Galleries } from './galleries.js';
import type { JobRequest, RunJob } from './jobs.js';
import type { OpenGallery } from './open-gallery.js';

const DAY_MS = 24 * 60 * 60 * 1000;

/** What jobs need besides the gallery. */
export interface JobContext {
  readonly galleries: Galleries;
  readonly audit: AuditLog;
  /** People who were not seen for so many days are deleted; undefined: nobody for that. */
  readonly retentionDays: number | undefined;
  /** To be told that somebody was deleted. */
  readonly forget: (gallery: string) => Promise<void>;
}

/** Does the work of each kind of job. */
export function createRunJob(context: JobContext): RunJob {
  return async (name, request, onProgress) => {
    const open = await context.galleries.openToChange(name);
    switch (request.kind) {
      case 'cluster':
        return cluster(open, request, onProgress);
      case 'train':
        return train(open, request);
      case 'expire':
        return expire(open, context, onProgress);
    }
  };
}

/** By when somebody is to be deleted: the consent ended before now, or they were last seen before. */
export function expiry(retentionDays: number | undefined) {
  const now = new Date();
  const seenBefore =
    retentionDays === undefined ? undefined : new Date(now.getTime() - retentionDays * DAY_MS);
  return { now, seenBefore };
}

async function cluster(
  open: OpenGallery,
  request: Extract<JobRequest, { kind: 'cluster' }>,
  onProgress: (done: number, total: number) => void,
): Promise<Record<string, number>> {
  const { kind: _, ...options } = request;
  const calibration = await open.facedex.byEmbedding.calibration();
  const threshold = options.threshold ?? calibration.clusterThreshold();
  return { ...(await open.gallery.clusters.run({ ...options, threshold, onProgress })) };
}

async function train(
  open: OpenGallery,
  { classifier = 'knn', minFaces }: Extract<JobRequest, { kind: 'train' }>,
): Promise<Record<string, number>> {
  const { summary } = await open.learn(async () => {
    const faces: NamedFace[] = [];
    // By their ids: a name may be somebody else's by the time that the classifier is asked.
    for await (const { personId, embedding } of open.gallery.faces()) {
      if (personId !== null) faces.push({ person: personId, embedding });
    }
    return trainClassifier(faces, {
      kind: classifier,
      space: open.gallery.space,
      ...(minFaces === undefined ? {} : { minFaces }),
    });
  });
  const { people, faces: learned, accuracy, knownAtFalsePositives1 } = summary;
  return { people, faces: learned, accuracy, knownAtFalsePositives1 };
}

async function expire(
  open: OpenGallery,
  { audit, retentionDays, forget }: JobContext,
  onProgress: (done: number, total: number) => void,
): Promise<Record<string, number>> {
  const times = expiry(retentionDays);
  const people = await open.records.expired(times);
  const removed = { people: 0, faces: 0, photos: 0 };
  for (const [i, { id }] of people.entries()) {
    onProgress(i, people.length);
    const removal = await open.changing(() => open.records.removeExpired(id, times));
    // Their consent may have been prolonged since, or somebody was faster.
    if (removal === undefined) continue;
    await forget(open.name);
    removed.people++;
    removed.faces += removal.faces;
    removed.photos += removal.photos;
    audit.write({
      time: new Date().toISOString(),
      key: null,
      address: '',
      action: 'person.expire',
      gallery: open.name,
      people: [id],
      faces: [],
    });
  }
  return removed;
}

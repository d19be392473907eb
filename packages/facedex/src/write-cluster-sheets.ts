import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterFace, Gallery } from '@facedex/gallery';
import { FacedexError } from './facedex-error.js';
import { clusterPage, PAGE_MARK, type PageCluster } from './picture/cluster-page.js';
import { renderClusterSheet } from './picture/render-cluster-sheet.js';
import { renderThumbnail } from './picture/render-thumbnail.js';
import { writeFileAtomically } from './write-file.js';

/** What was written. */
export interface ClusterSheets {
  /** Path of the page. */
  readonly index: string;
  /** How many contact sheets there are. */
  readonly sheets: number;
}

/**
 * Writes a contact sheet of every cluster, `sheets/ID.jpg`, and a page of all, `index.html`. What an
 * earlier call wrote into the folder is replaced: it might show what has been deleted since.
 *
 * @throws {FacedexError} `INVALID_ARGUMENT` where the folder holds something else, `CANNOT_WRITE`
 */
export async function writeClusterSheets(
  gallery: Gallery,
  folder: string,
  { onProgress = () => {} }: { onProgress?: (done: number, total: number) => void } = {},
): Promise<ClusterSheets> {
  await makeRoom(folder);
  const index = join(folder, 'index.html');
  const writePage = (some: readonly PageCluster[]) =>
    writeFileAtomically(index, new TextEncoder().encode(clusterPage(some)));
  // First an empty one: should this be interrupted, the folder is known as ours the next time.
  await writePage([]);
  const clusters = await gallery.clusters.list();
  const listed: PageCluster[] = [];
  for (const cluster of clusters) {
    const faces = await gallery.clusters.facesOf(cluster.id);
    const sheet = `sheets/${cluster.id}.jpg`;
    const thumbnail = `faces/${cluster.id}.jpg`;
    await writeFileAtomically(
      join(folder, sheet),
      await renderClusterSheet(cluster, faces, 'jpeg'),
    );
    const picture = await renderThumbnail(largest(faces), 'jpeg');
    if (picture !== undefined) await writeFileAtomically(join(folder, thumbnail), picture);
    listed.push({ ...cluster, sheet, thumbnail: picture && thumbnail });
    onProgress(listed.length, clusters.length);
  }
  await writePage(listed);
  return { index, sheets: listed.length };
}

/** Empties the folder of what an earlier call left, and of nothing else. */
async function makeRoom(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    const page = await readFile(join(folder, 'index.html'), 'utf8').catch(() => '');
    if (!page.includes(PAGE_MARK) && (await readdir(folder)).length > 0) {
      throw new FacedexError(
        'INVALID_ARGUMENT',
        `${folder} holds other files: expected a new or empty folder, or one that this command made`,
      );
    }
    for (const name of ['sheets', 'faces']) {
      await rm(join(folder, name), { recursive: true, force: true });
      await mkdir(join(folder, name));
    }
  } catch (error) {
    if (error instanceof FacedexError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new FacedexError('CANNOT_WRITE', `can't write ${folder}: ${reason}`);
  }
}

/** The face that a small picture shows best. */
function largest(faces: readonly ClusterFace[]): ClusterFace {
  return faces.reduce((best, face) => (face.box.height > best.box.height ? face : best));
}

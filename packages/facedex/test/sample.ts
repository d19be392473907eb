import { appendFile, cp, mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pipeline } from '@facedex/pipeline';
import { fetchDemoPhotos } from '../src/demo/demo-photos.js';
import { makeSamplePeople, type SamplePeople } from '../src/demo/sample-people.js';

/** Group photos of the demo; people of the first two, each with three photos and one held out. */
export interface Sample extends SamplePeople {
  readonly groupPhotos: readonly string[];
  readonly directory: string;
}

/** Makes the sample in a folder of its own. */
export async function makeSample(): Promise<Sample> {
  const directory = await mkdtemp(join(tmpdir(), 'facedex-sample-'));
  const groupPhotos = await fetchDemoPhotos();
  await using pipeline = await Pipeline.open({ workers: 1 });
  const people = await makeSamplePeople(pipeline, groupPhotos.slice(4, 6), directory);
  return { ...people, groupPhotos, directory };
}

/**
 * Copies of the photos, each with other content: more than one transaction takes, so that a process can be
 * killed when some are written and most are not. Returns how many.
 */
export async function copyThrice({ folder, photos }: Sample, to: string): Promise<number> {
  for (const copy of ['1', '2', '3']) {
    await cp(folder, join(to, copy), { recursive: true });
    const entries = await readdir(join(to, copy), { recursive: true, withFileTypes: true });
    for (const { parentPath, name } of entries.filter((entry) => entry.isFile())) {
      await appendFile(join(parentPath, name), copy);
    }
  }
  return 3 * photos;
}

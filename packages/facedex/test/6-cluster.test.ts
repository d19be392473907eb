import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { facedex, facedexJson } from './cli.js';

const COLLAGE = resolve(import.meta.dirname, '../../../../shared/data/group-photos/bald_guys.jpg');
if (!existsSync(COLLAGE)) console.log(`skipped: no collage of four people at ${COLLAGE}`);

const PEOPLE = 4;
const FACES_EACH = 6;

describe.skipIf(!existsSync(COLLAGE))('facedex cluster, on a collage of four people', () => {
  let work: string;
  beforeAll(async () => {
    work = await mkdtemp(join(tmpdir(), 'facedex-cluster-'));
    await mkdir(join(work, 'photos/2014'), { recursive: true });
    await copyFile(COLLAGE, join(work, 'photos/2014/collage.jpg'));
    await facedexJson(['index', 'photos', '--unnamed'], work);
  });

  it('finds nobody twice in a photo, unless it is told that it is a collage', async () => {
    expect(await facedexJson(['cluster'], work)).toMatchObject({ faces: 24, clusters: 0 });
    expect(await facedexJson(['cluster', 'run', '--allow-same-photo'], work)).toMatchObject({
      clusters: PEOPLE,
      joined: PEOPLE * FACES_EACH,
      alone: 0,
    });
    const { clusters } = await facedexJson(['cluster', 'list'], work);
    expect(clusters.map(({ faces }: { faces: number }) => faces)).toEqual([6, 6, 6, 6]);
  });

  it('takes names and corrections, and answers with the names', async () => {
    const { faces } = await facedexJson(['cluster', 'list', '1'], work);
    const ids = faces.map(({ id }: { id: number }) => String(id));
    expect(await facedexJson(['cluster', 'name', '1', 'Ada <1>'], work)).toEqual({ cluster: 1 });
    expect((await facedexJson(['people'], work)).people).toMatchObject([
      { name: 'Ada <1>', faces: 6 },
    ]);
    const { cluster } = await facedexJson(['cluster', 'split', ids[0]!, ids[1]!], work);
    await facedexJson(['cluster', 'reject', ids[2]!], work);
    await facedexJson(['cluster', 'run', '--allow-same-photo', '--afresh'], work);
    expect((await facedexJson(['cluster', 'list', '1'], work)).faces).toHaveLength(3);
    await facedexJson(['cluster', 'move', ids[2]!, '--to', '1'], work);
    await facedexJson(['cluster', 'merge', '1', String(cluster)], work);
    expect((await facedexJson(['cluster', 'list', '1'], work)).faces).toHaveLength(6);
    expect(await facedexJson(['evaluate', 'cluster', '--allow-same-photo'], work)).toMatchObject({
      faces: 6,
      people: 1,
      clusters: 1,
      pairwise: { f1: 1 },
    });
  });

  it('draws sheets and a page, again in place of what is there, but in no other folder', async () => {
    const { sheets } = await facedexJson(['cluster', 'sheets', '--out', 'out'], work);
    expect(sheets).toBe(PEOPLE);
    expect(await readdir(join(work, 'out/sheets'))).toHaveLength(PEOPLE);
    const page = await readFile(join(work, 'out/index.html'), 'utf8');
    expect(page).toContain('Ada &#60;1&#62;');
    for (const [, path] of page.matchAll(/(?:href|src)="([^"]+)"/g)) {
      expect(existsSync(join(work, 'out', path!))).toBe(true);
    }
    await writeFile(join(work, 'out/sheets/99.jpg'), 'of somebody who has been deleted');
    await facedexJson(['cluster', 'sheets', '--out', 'out'], work);
    expect(existsSync(join(work, 'out/sheets/99.jpg'))).toBe(false);
    const refused = await facedex(['cluster', 'sheets', '--out', 'photos'], work);
    expect(refused).toMatchObject({ exitCode: 2 });
    expect(await readdir(join(work, 'photos'))).toEqual(['2014']);
  });

  it.each([
    [['cluster', 'name', '0', 'Ada'], 'id of a cluster'],
    [['cluster', 'name', 'one', 'Ada'], 'id of a cluster'],
    [['cluster', 'name', '99', 'Ada'], 'UNKNOWN_CLUSTER'],
    [['cluster', 'move', '1'], '--to'],
    [['cluster', 'reject', '99999'], 'UNKNOWN_FACE'],
    [['cluster', 'reject'], 'missing required argument'],
  ])('%j is bad input', async (args, reason) => {
    const { exitCode, stderr } = await facedex(args, work);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(reason);
  });

  it('forgets a person who is removed, with the face that has the name', async () => {
    expect(await facedexJson(['remove', '--person', 'Ada <1>'], work)).toEqual({
      faces: 6,
      photos: 0,
    });
    expect(await facedexJson(['stats'], work)).toMatchObject({ faces: 18, people: 0 });
    await rm(work, { recursive: true });
  });
});

import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Tables } from '../store/schema.js';
import { type Finding, someOf } from './finding.js';

const RESTORE =
  'restore a backup (facedex restore), or index the photos into another directory; please report ' +
  'it: facedex never writes that';

/**
 * What holds between the rows of a gallery whoever writes it. Each query finds what breaks a rule, and
 * says in `what` which it is.
 */
const RULES: readonly { problem: string; query: RawBuilder<{ what: string | number }> }[] = [
  {
    problem: 'rows of the table gallery, which should have one',
    query: sql`select count(*) as what from gallery having count(*) != 1`,
  },
  {
    problem: 'a wrong count of faces',
    query: sql`select face_count as what from gallery
      where face_count != (select count(*) from faces)`,
  },
  {
    problem: 'changes after the last one',
    query: sql`select change as what from
      (select change from faces union all select change from deletions)
      where change > (select last_change from gallery) or change < 1`,
  },
  {
    problem: 'changes that two rows have',
    query: sql`select change as what from
      (select change from faces union all select change from deletions)
      group by change having count(*) > 1`,
  },
  {
    problem: 'faces that are in although they were removed',
    query: sql`select id as what from faces where id in (select face_id from deletions)`,
  },
  {
    problem: 'ids that could be given again',
    query: sql`select max(id) as what from
      (select id from faces union all select face_id as id from deletions)
      having max(id) > (select coalesce(max(seq), 0) from sqlite_sequence where name = 'faces')`,
  },
  {
    problem: 'photos that no path shows',
    query: sql`select id as what from photos where id not in (select photo_id from photo_paths)`,
  },
  {
    problem: 'enrolled photos without a face',
    query: sql`select id as what from photos
      where outcome = 'enrolled' and id not in (select photo_id from faces)`,
  },
  {
    problem: 'photos with faces that were not enrolled',
    query: sql`select id as what from photos
      where outcome != 'enrolled' and id in (select photo_id from faces)`,
  },
  {
    problem: 'people whom no path and no cluster names',
    query: sql`select id as what from people
      where kept = 0
      and not exists (select 1 from photo_paths where person_id = people.id)
      and not exists (select 1 from clusters where person_id = people.id)`,
  },
  {
    problem: 'faces that have another person than the folder of their photo',
    query: sql`select faces.id as what from faces
      where exists (select 1 from photo_paths where photo_id = faces.photo_id
        and person_id is not null and person_id is not faces.person_id)`,
  },
  {
    problem: 'faces that have another person than their cluster, or one without a reason',
    query: sql`select faces.id as what from faces
      left join cluster_faces on cluster_faces.face_id = faces.id
      left join clusters on clusters.id = cluster_faces.cluster_id
      where clusters.person_id is not faces.person_id
      and not exists (select 1 from photo_paths where photo_id = faces.photo_id
        and person_id is not null)`,
  },
  {
    problem: 'faces in a cluster although a folder names their person',
    query: sql`select face_id as what from cluster_faces
      join faces on faces.id = cluster_faces.face_id
      where exists (select 1 from photo_paths where photo_id = faces.photo_id
        and person_id is not null)`,
  },
  {
    problem: 'clusters without a face',
    query: sql`select id as what from clusters where id not in (select cluster_id from cluster_faces)`,
  },
  {
    problem: 'faces in a cluster that they were rejected from',
    query: sql`select cluster_faces.face_id as what from cluster_faces
      join cluster_rejections using (face_id, cluster_id)`,
  },
];

/** Looks for rows that contradict each other. */
export async function checkRows(db: Kysely<Tables>): Promise<Finding[]> {
  const findings: Finding[] = [];
  const { rows: orphans } = await sql<{ table: string; parent: string }>`
    pragma foreign_key_check`.execute(db);
  if (orphans.length > 0) {
    const pairs = new Set(orphans.map(({ table, parent }) => `${table} to ${parent}`));
    findings.push(error(`${orphans.length} rows refer to nothing: ${[...pairs].join(', ')}`));
  }
  for (const { problem, query } of RULES) {
    const { rows } = await query.execute(db);
    if (rows.length > 0) {
      findings.push(error(`${problem}: ${someOf(rows.map(({ what }) => what))}`));
    }
  }
  return findings;
}

function error(problem: string): Finding {
  return { part: 'database', severity: 'error', problem, advice: RESTORE };
}

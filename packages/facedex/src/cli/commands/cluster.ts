import { type Cluster, type ClusterFace, type ClusterSummary, Gallery } from '@facedex/gallery';
import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import pc from 'picocolors';
import { clusterThreshold } from '../../cluster-threshold.js';
import { writeClusterSheets } from '../../write-cluster-sheets.js';
import { galleryOption, jsonOption, thresholdOption, withExample } from '../options.js';
import { personName, printNotice, printResult, shortPath, table } from '../output.js';
import { startProgress } from '../progress.js';

interface Options {
  readonly gallery: string;
  readonly json?: boolean;
}

interface RunOptions extends Options {
  readonly threshold?: number;
  readonly allowSamePhoto?: boolean;
  readonly afresh?: boolean;
}

export function addClusterCommand(program: Command): void {
  const cluster = program
    .command('cluster')
    .summary('who is in my photos? groups of faces, with names and corrections')
    .description(
      'Groups the faces whose person no folder names: a cluster is one person, who can be given a ' +
        'name. Runs never move a face that is in a cluster, and respect every correction.',
    );
  const add = (name: string, description: string) =>
    cluster.command(name, { isDefault: name === 'run' }).description(description);

  const run = add(
    'run',
    'Looks for clusters: new faces join those that there are, or make new ones.',
  )
    .addOption(thresholdOption())
    .option('--allow-same-photo', 'two faces of one photo may be one person: it is a collage')
    .option('--afresh', 'group anew all faces that no correction has confirmed')
    .action(runCommand);
  withExample(run, 'facedex cluster', 'facedex cluster run --allow-same-photo');
  const list = add('list', 'Lists the clusters, or the faces of one.')
    .addArgument(idArgument('[cluster]', 'its faces'))
    .action(listCommand);
  withExample(list, 'facedex cluster list', 'facedex cluster list 12 --json');
  const name = add('name', 'Says who a cluster is; without a name, takes it away.')
    .addArgument(idArgument('<cluster>', 'see: facedex cluster list'))
    .argument('[person]', 'a new person, or one of the gallery')
    .action(nameCommand);
  withExample(name, 'facedex cluster name 12 "Ada Lovelace"');
  const merge = add(
    'merge',
    'Says that clusters are one person: the others become part of the first.',
  )
    .addArgument(idArgument('<cluster>', 'the one that stays'))
    .addArgument(idsArgument('<others...>', 'those that become part of it'))
    .action(mergeCommand);
  withExample(merge, 'facedex cluster merge 12 31 40');
  const split = add('split', 'Makes a new cluster of faces, wherever they are.')
    .addArgument(idsArgument('<faces...>', 'see: facedex cluster list CLUSTER'))
    .action((faces: number[], options: Options) => moveCommand(faces, { ...options, to: null }));
  withExample(split, 'facedex cluster split 105 233');
  const move = add('move', 'Moves faces into another cluster.')
    .addArgument(idsArgument('<faces...>', 'see: facedex cluster list CLUSTER'))
    .addOption(new Option('--to <cluster>', 'the cluster').argParser(id).makeOptionMandatory())
    .action(moveCommand);
  withExample(move, 'facedex cluster move 105 233 --to 12');
  const reject = add(
    'reject',
    'Says that faces are not the person of their cluster: they leave it, for good.',
  )
    .addArgument(idsArgument('<faces...>', 'see: facedex cluster list CLUSTER'))
    .action(rejectCommand);
  withExample(reject, 'facedex cluster reject 105');
  const sheets = add('sheets', 'Writes a picture of every cluster, and a page (index.html) of all.')
    .requiredOption('--out <dir>', 'a new folder, or one that this command made')
    .action(sheetsCommand);
  withExample(sheets, 'facedex cluster sheets --out clusters');
  withExample(cluster, 'facedex cluster', 'facedex cluster list');
  for (const command of cluster.commands) {
    command.addOption(galleryOption()).addOption(jsonOption());
  }
}

async function runCommand(options: RunOptions): Promise<void> {
  await using gallery = await openToWrite(options);
  using progress = startProgress('faces');
  const summary = await gallery.clusters.run({
    ...options,
    threshold: options.threshold ?? (await clusterThreshold(gallery)),
    onProgress: (done, total) => progress.update(done, total, ''),
  });
  progress[Symbol.dispose]();
  printResult(summary, options, describeRun);
}

async function listCommand(clusterId: number | undefined, options: Options): Promise<void> {
  await using gallery = await Gallery.open(options.gallery, { onNotice: printNotice });
  if (clusterId === undefined) {
    printResult({ clusters: await gallery.clusters.list() }, options, ({ clusters }) =>
      clusters.length === 0 ? 'no clusters yet: facedex cluster run' : describeClusters(clusters),
    );
  } else {
    const faces = await gallery.clusters.facesOf(clusterId);
    printResult({ faces }, options, () => describeFaces(faces));
  }
}

async function nameCommand(
  clusterId: number,
  person: string | undefined,
  options: Options,
): Promise<void> {
  await using gallery = await openToWrite(options);
  const cluster = await gallery.clusters.name(clusterId, person ?? null);
  printResult({ cluster }, options, () =>
    cluster === clusterId
      ? `cluster ${cluster} is ${personName(person ?? null)}`
      : `cluster ${clusterId} became part of cluster ${cluster}, who is ${personName(person!)}`,
  );
}

async function mergeCommand(
  cluster: number,
  others: readonly number[],
  options: Options,
): Promise<void> {
  await using gallery = await openToWrite(options);
  await gallery.clusters.merge(cluster, others);
  printResult({ cluster }, options, () => `${others.join(', ')} became part of cluster ${cluster}`);
}

async function moveCommand(
  faces: readonly number[],
  options: Options & { readonly to: number | null },
): Promise<void> {
  await using gallery = await openToWrite(options);
  const cluster = await gallery.clusters.move(faces, options.to);
  printResult({ cluster }, options, () => `moved ${faces.join(', ')} into cluster ${cluster}`);
}

async function rejectCommand(faces: readonly number[], options: Options): Promise<void> {
  await using gallery = await openToWrite(options);
  await gallery.clusters.reject(faces);
  printResult({ faces }, options, () => `rejected ${faces.join(', ')}`);
}

async function sheetsCommand(options: Options & { readonly out: string }): Promise<void> {
  await using gallery = await Gallery.open(options.gallery, { onNotice: printNotice });
  using progress = startProgress('clusters');
  const written = await writeClusterSheets(gallery, options.out, {
    onProgress: (done, total) => progress.update(done, total, ''),
  });
  progress[Symbol.dispose]();
  printResult(
    written,
    options,
    ({ index, sheets }) => `wrote ${shortPath(index)} and ${sheets} contact sheets`,
  );
}

function openToWrite({ gallery }: Options): Promise<Gallery> {
  return Gallery.open(gallery, { mode: 'write', onNotice: printNotice });
}

function describeRun(summary: ClusterSummary): string {
  return table([
    ['faces', `${summary.faces} (${summary.alone} alone)`],
    ['clusters', `${summary.clusters} (${summary.newClusters} new)`],
    ['joined', `${summary.joined} faces`],
    ['threshold', summary.threshold.toFixed(3)],
  ]);
}

function describeClusters(clusters: readonly Cluster[]): string {
  return table(
    clusters.map(({ id, person, faces, confirmed }) => [
      id,
      personName(person),
      faces,
      faces === 1 ? 'face' : 'faces',
      confirmed === 0 ? '' : pc.dim(`${confirmed} confirmed`),
    ]),
  );
}

function describeFaces(faces: readonly ClusterFace[]): string {
  return table(
    faces.map(({ id, photo, box, confirmed }) => [
      id,
      shortPath(photo),
      pc.dim(`at ${Math.round(box.x)}, ${Math.round(box.y)}`),
      confirmed ? pc.dim('confirmed') : '',
    ]),
  );
}

function idArgument(name: string, description: string): Argument {
  return new Argument(name, description).argParser(id);
}

function idsArgument(name: string, description: string): Argument {
  return new Argument(name, description).argParser((text: string, before: number[] = []) => [
    ...before,
    id(text),
  ]);
}

function id(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) {
    throw new InvalidArgumentError(`expected the id of a cluster or face, received "${text}".`);
  }
  return Number(text);
}

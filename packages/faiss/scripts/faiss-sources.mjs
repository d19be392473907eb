// Where FAISS's source can be had, newest first. Both come through a package manager's own client,
// which checks what it fetches, and neither changes anything outside of the folder given.

import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Why something can't be made here; the next way may work. */
export class OptimizeError extends Error {}

const CRATE = {
  version: '0.7.0',
  checksum: 'c4a8fa67f7070bb81f41dc71c98813b3e40a66bedab12d6c2ac2af50f0837a7e',
};

/**
 * @typedef {object} FaissSource
 * @property {string} version FAISS's
 * @property {string} origin for people
 * @property {() => string} identity the same for the same source; throws OptimizeError where the
 *   source can't be had here
 * @property {(folder: string) => string} fetch fetches into an empty folder and gives the folder of
 *   FAISS's CMakeLists.txt
 */

/** @type {FaissSource[]} */
export const FAISS_SOURCES = [
  {
    version: '1.12.0',
    origin: `inside the crate faiss-sys ${CRATE.version}, with cargo`,
    identity: () => {
      output(['cargo', '--version'], {}, 'cargo, which fetches it, is not installed');
      return `faiss-sys ${CRATE.version} ${CRATE.checksum}`;
    },
    fetch: fetchCrate,
  },
  {
    version: '1.7.3',
    origin: "Debian's source package, with apt",
    identity: () => {
      const { version, upstream } = debianSource();
      if (upstream !== '1.7.3') {
        throw new OptimizeError(`libfaiss-dev here is ${upstream}, which nobody has tried yet`);
      }
      return `debian ${version}`;
    },
    fetch: fetchDebianSource,
  },
];

/** A library of our own that needs the crate; its lock file has the checksum that cargo verifies. */
function fetchCrate(folder) {
  mkdirSync(join(folder, 'src'));
  writeFileSync(join(folder, 'src', 'lib.rs'), '');
  writeFileSync(
    join(folder, 'Cargo.toml'),
    `[package]
name = "faiss-source"
version = "0.0.0"
edition = "2021"

[dependencies]
faiss-sys = "=${CRATE.version}"
`,
  );
  writeFileSync(
    join(folder, 'Cargo.lock'),
    `version = 3

[[package]]
name = "faiss-source"
version = "0.0.0"
dependencies = ["faiss-sys"]

[[package]]
name = "faiss-sys"
version = "${CRATE.version}"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "${CRATE.checksum}"
`,
  );
  output(['cargo', 'vendor', '--locked', 'vendor'], { cwd: folder }, 'cargo could not fetch it');
  return join(folder, 'vendor', 'faiss-sys', 'faiss');
}

/** The source of the installed library, found by a private copy of apt's sources with deb-src. */
function fetchDebianSource(folder) {
  const { version } = debianSource();
  const parts = join(folder, 'sources');
  const lists = join(folder, 'lists');
  mkdirSync(parts);
  mkdirSync(join(lists, 'partial'), { recursive: true });
  copySources(parts);
  const options = [
    '-q',
    ...['Dir::Etc::SourceList=/dev/null', `Dir::Etc::SourceParts=${parts}`],
    `Dir::State::Lists=${lists}`,
  ].flatMap((option) => (option === '-q' ? [option] : ['-o', option]));
  output(['apt-get', 'update', ...options], { cwd: folder }, "apt could not read Debian's sources");
  output(
    ['apt-get', 'source', '--download-only', ...options, `faiss=${version}`],
    { cwd: folder },
    'apt could not fetch it',
  );
  const description = readdirSync(folder).find((name) => name.endsWith('.dsc'));
  if (description === undefined) throw new OptimizeError('apt fetched no source package');
  // apt has verified it by the signed lists.
  output(
    ['dpkg-source', '--no-check', '-x', description, 'faiss'],
    { cwd: folder },
    'dpkg-source could not unpack it (in the package dpkg-dev)',
  );
  return join(folder, 'faiss');
}

function debianSource() {
  const version = output(
    // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg's own syntax
    ['dpkg-query', '-W', '-f', '${source:Version}', 'libfaiss-dev'],
    {},
    'there is no libfaiss-dev, whose source it would be',
  ).trim();
  return { version, upstream: version.replace(/^\d+:/, '').replace(/-[^-]*$/, '') };
}

function copySources(parts) {
  const folder = '/etc/apt/sources.list.d';
  const lists = ['/etc/apt/sources.list'];
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (name.endsWith('.list')) lists.push(path);
    if (!name.endsWith('.sources')) continue;
    const text = readFileSync(path, 'utf8').replaceAll(/^Types:.*$/gm, 'Types: deb-src');
    writeFileSync(join(parts, name), text);
  }
  for (const path of lists) {
    let text;
    try {
      text = readFileSync(path, 'utf8');
    } catch {
      continue;
    }
    const lines = text.split('\n').filter((line) => line.startsWith('deb '));
    const sources = lines.map((line) => line.replace(/^deb /, 'deb-src ')).join('\n');
    writeFileSync(join(parts, `one-line-${basename(path, '.list')}.list`), `${sources}\n`);
  }
}

/** What a command prints; OptimizeError with the reason and the last lines where it fails. */
export function output([program, ...args], options, reason) {
  const result = spawnSync(program, args, {
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...options,
  });
  if (result.status === 0) return result.stdout;
  const printed = `${result.stdout ?? ''}${result.stderr ?? ''}`.trim().split('\n').slice(-8);
  const cause = result.error?.code === 'ENOENT' ? '' : `: ${printed.join('\n  ')}`;
  throw new OptimizeError(`${reason}${cause}`);
}

// The shared libraries that a package with the compiled addon has to bring.

import { execFileSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { basename, join } from 'node:path';
import { BuildError } from './toolchain.mjs';

const BUNDLED = /^lib(openblas|gfortran|quadmath|gomp)\b/;
/** What every system with Node has. */
const SYSTEM = /^(linux-vdso|ld-linux|ld-musl|lib(c|m|dl|rt|pthread|gcc_s|stdc\+\+)\.so)/;

/**
 * What the addons load beside the system's own, with where it is from.
 *
 * @param {string[]} addons
 * @param {string[]} folders where libraries are besides the system's folders
 * @returns {{ soname: string, path: string, debian: string, source: string, copyright: string }[]}
 */
export function bundledLibraries(addons, folders) {
  const found = new Map();
  for (const addon of addons) {
    const printed = output('ldd', [addon], { LD_LIBRARY_PATH: folders.join(':') });
    for (const line of printed.split('\n').filter((text) => text.trim() !== '')) {
      const [, name, path] = /^\s*(\S+)(?: => (\/\S+))?/.exec(line) ?? [];
      const soname = basename(name);
      if (BUNDLED.test(soname) && path !== undefined) found.set(soname, realpathSync(path));
      else if (!SYSTEM.test(soname)) {
        throw new BuildError(`${addon} needs ${soname}, which a package doesn't bring`);
      }
    }
  }
  return [...found].map(([soname, path]) => ({ soname, path, ...ownerOf(path) }));
}

/** The package of the system that a file belongs to, with its source and its licence. */
export function ownerOf(path) {
  const [debian] = output('dpkg-query', ['-S', path]).split(':');
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg's own syntax
  const format = '${source:Package} ${source:Version}';
  const source = output('dpkg-query', ['-W', '-f', format, debian]);
  const copyright = join('/usr/share/doc', debian, 'copyright');
  if (!existsSync(copyright)) {
    throw new BuildError(`the licence of ${debian} is missing: ${copyright}`);
  }
  return { debian, source, copyright };
}

/** The newest version of a system library's symbols that these files need, such as GLIBC_2.34. */
export function newestSymbol(paths, library) {
  const pattern = new RegExp(`\\b${library}_\\d+(\\.\\d+)*`, 'g');
  const versions = paths.flatMap((path) => output('objdump', ['-T', path]).match(pattern) ?? []);
  return versions.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1);
}

function output(program, args, environment = {}) {
  try {
    return execFileSync(program, args, {
      encoding: 'utf8',
      env: { ...process.env, ...environment },
      maxBuffer: 256 * 1024 * 1024,
    });
  } catch (error) {
    throw new BuildError(`could not run ${[program, ...args].join(' ')}: ${error.message}`);
  }
}

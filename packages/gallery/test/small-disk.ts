import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryDirectory } from './temporary-gallery.js';

/** Why no disk of our own can be had here; undefined where it can. */
export const noSmallDisk = tryToMount() ? undefined : 'only root can mount a small disk';

/** A disk of a few megabytes, in memory, that goes with the test. */
export class SmallDisk {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async mount(megabytes: number): Promise<SmallDisk> {
    const path = await temporaryDirectory();
    mount(path, megabytes);
    onTestFinished(() => unmount(path));
    return new SmallDisk(path);
  }

  /** Takes all space that is left. */
  async fill(): Promise<void> {
    for (const size of [2 ** 20, 2 ** 12]) {
      for (let i = 0; ; i++) {
        try {
          await writeFile(join(this.path, `filler-${size}-${i}`), Buffer.alloc(size));
        } catch {
          await rm(join(this.path, `filler-${size}-${i}`), { force: true });
          break;
        }
      }
    }
  }

  /** Gives it back. */
  async free(): Promise<void> {
    execFileSync('find', [this.path, '-name', 'filler-*', '-delete']);
  }

  makeReadOnly(isReadOnly: boolean): void {
    execFileSync('mount', ['-o', `remount,${isReadOnly ? 'ro' : 'rw'}`, this.path]);
  }
}

function tryToMount(): boolean {
  const path = mkdtempSync(join(tmpdir(), 'facedex-mount-'));
  try {
    mount(path, 1);
    unmount(path);
    return true;
  } catch {
    return false;
  } finally {
    rmdirSync(path);
  }
}

function mount(path: string, megabytes: number): void {
  const options = ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path];
  execFileSync('mount', options, { stdio: 'ignore' });
}

function unmount(path: string): void {
  execFileSync('umount', ['--lazy', path], { stdio: 'ignore' });
}

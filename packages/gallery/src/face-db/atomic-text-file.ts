import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

const BUFFER_CHARACTERS = 1 << 20;

/** A text file that appears under its name only when it is complete. */
export class AtomicTextFile {
  readonly #path: string;
  readonly #temporary: string;
  readonly #file: FileHandle;
  #buffer = '';

  private constructor(path: string, temporary: string, file: FileHandle) {
    this.#path = path;
    this.#temporary = temporary;
    this.#file = file;
  }

  static async create(path: string): Promise<AtomicTextFile> {
    const target = resolve(path);
    const temporary = `${target}.${process.pid}.tmp`;
    return new AtomicTextFile(target, temporary, await open(temporary, 'w'));
  }

  async write(text: string): Promise<void> {
    this.#buffer += text;
    if (this.#buffer.length >= BUFFER_CHARACTERS) {
      await this.#flush();
    }
  }

  /** Sees to it that all of it is on the disk. */
  async finish(): Promise<void> {
    await this.#flush();
    await this.#file.sync();
  }

  /** Puts the file, which is finished, in its place. */
  async commit(): Promise<void> {
    await this.#file.close();
    await rename(this.#temporary, this.#path);
    const directory = await open(dirname(this.#path), 'r');
    await directory.sync();
    await directory.close();
  }

  /** Leaves nothing behind that has not its name yet. */
  async discard(): Promise<void> {
    await this.#file.close();
    await rm(this.#temporary, { force: true });
  }

  async #flush(): Promise<void> {
    const text = this.#buffer;
    this.#buffer = '';
    await this.#file.writeFile(text);
  }
}

/**
 * Writes text files so that they appear together when `work` is done, or not at all when it throws.
 */
export async function writeAtomically<T>(
  paths: readonly string[],
  work: (files: readonly AtomicTextFile[]) => Promise<T>,
): Promise<T> {
  const files: AtomicTextFile[] = [];
  try {
    for (const path of paths) {
      files.push(await AtomicTextFile.create(path));
    }
    const result = await work(files);
    for (const file of files) {
      await file.finish();
    }
    // Between one and the next a kill leaves them of two times: as little as can be is done then.
    for (const file of files) {
      await file.commit();
    }
    return result;
  } catch (error) {
    await Promise.all(files.map((file) => file.discard()));
    throw error;
  }
}

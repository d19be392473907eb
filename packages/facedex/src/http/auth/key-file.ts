import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';
import { FacedexError } from '../../facedex-error.js';
import { writeFileAtomically } from '../../write-file.js';
import { ROLES, type Role } from './roles.js';

/** API keys as they are kept: never the secret itself. */
const KeyRecords = Type.Array(
  Type.Object({
    id: Type.String(),
    /** What it is for, in somebody's words. */
    name: Type.String(),
    role: Type.Enum([...ROLES]),
    /** Null: all, also those to come. */
    galleries: Type.Union([Type.Array(Type.String()), Type.Null()]),
    /** SHA-256 of the secret, which is random enough that nobody tries them all. */
    hash: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    /** ISO 8601, UTC. */
    createdAt: Type.String(),
    revokedAt: Type.Union([Type.String(), Type.Null()]),
  }),
);
export type KeyRecord = Readonly<Static<typeof KeyRecords>[number]>;

const SECRET_BYTES = 32;
const KEY = /^fdx_([0-9a-f]{12})_([A-Za-z0-9_-]{43})$/;

/**
 * The API keys of a server, in a file beside its data: `facedex keys` changes it while the server runs,
 * which takes it in with the next request.
 */
export class KeyFile {
  readonly #path: string;
  #read: { readonly state: string; readonly keys: readonly KeyRecord[] } | undefined;

  /** @param directory where the server keeps what is its own */
  constructor(directory: string) {
    this.#path = join(directory, 'keys.json');
  }

  /**
   * @throws {FacedexError} `KEYS_UNREADABLE` also where the file is not one of ours: nobody is let in then
   */
  list(): readonly KeyRecord[] {
    try {
      return this.#current();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new FacedexError(
        'KEYS_UNREADABLE',
        `can't use the API keys in ${this.#path}: ${reason}; restore it, or remove it and make new keys`,
      );
    }
  }

  /** Whether a key is asked for: as long as none was ever made, none is. */
  areNeeded(): boolean {
    return this.list().length > 0;
  }

  /** The record of a key that may be used; the time it takes tells nothing about the secret. */
  find(key: string): KeyRecord | undefined {
    const [, id, secret] = KEY.exec(key) ?? [];
    const record = this.list().find((one) => one.id === id);
    // Unknown ids are compared too, with what nothing hashes to.
    const expected = Buffer.from(record?.hash ?? '0'.repeat(64), 'hex');
    const isRight = timingSafeEqual(hashOf(secret ?? ''), expected);
    return isRight && record?.revokedAt === null ? record : undefined;
  }

  /** @returns the key, which nobody can be told again */
  async create(about: {
    readonly name: string;
    readonly role: Role;
    readonly galleries: string[] | null;
  }): Promise<{ key: string; record: KeyRecord }> {
    const id = randomBytes(6).toString('hex');
    const secret = randomBytes(SECRET_BYTES).toString('base64url');
    const record = {
      id,
      ...about,
      hash: hashOf(secret).toString('hex'),
      createdAt: new Date().toISOString(),
      revokedAt: null,
    };
    await this.#write([...this.list(), record]);
    return { key: `fdx_${id}_${secret}`, record };
  }

  /** @throws {FacedexError} `UNKNOWN_KEY` */
  async revoke(id: string): Promise<void> {
    const keys = this.list();
    if (!keys.some((key) => key.id === id)) {
      throw new FacedexError('UNKNOWN_KEY', `no key ${id}: facedex keys list shows them`);
    }
    const revokedAt = new Date().toISOString();
    await this.#write(
      keys.map((key) => (key.id === id ? { ...key, revokedAt: key.revokedAt ?? revokedAt } : key)),
    );
  }

  #current(): readonly KeyRecord[] {
    const file = statSync(this.#path, { throwIfNoEntry: false });
    const state = file === undefined ? '' : `${file.mtimeMs} ${file.size} ${file.ino}`;
    if (this.#read?.state !== state) {
      this.#read = { state, keys: file === undefined ? [] : this.#parse() };
    }
    return this.#read.keys;
  }

  #parse(): readonly KeyRecord[] {
    const keys = parseJson(readFileSync(this.#path, 'utf8'));
    if (!Check(KeyRecords, keys)) throw new Error('it is not a file of API keys');
    return keys;
  }

  async #write(keys: readonly KeyRecord[]): Promise<void> {
    await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
    await writeFileAtomically(this.#path, Buffer.from(`${JSON.stringify(keys, null, 2)}\n`), {
      mode: 0o600,
    });
  }
}

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

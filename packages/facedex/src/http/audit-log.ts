import { appendFile, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyBaseLogger, FastifyRequest } from 'fastify';

/** Who did what to whom: by ids, which say nothing once what they name is deleted. */
export interface AuditEntry {
  /** ISO 8601, UTC. */
  readonly time: string;
  /** Null: loopback without keys. */
  readonly key: string | null;
  readonly address: string;
  readonly action: string;
  readonly gallery: string | null;
  readonly people: readonly string[];
  readonly photos: readonly string[];
  readonly faces: readonly number[];
}

/** With where it is: the day as a number, and the line. */
export interface PlacedEntry extends AuditEntry {
  readonly place: [day: number, line: number];
}

/** What an action is about. */
export interface Audited {
  readonly action: string;
  /** Default that of the path. */
  readonly gallery?: string;
  readonly people?: readonly string[];
  readonly photos?: readonly string[];
  readonly faces?: readonly number[];
}

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * An append-only log, a file of JSON lines a day, so that what is too old goes as a whole. No names, no
 * embeddings, no pictures.
 */
export class AuditLog {
  readonly #directory: string;
  readonly #keptDays: number;
  readonly #log: FastifyBaseLogger;
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: {
    readonly directory: string;
    readonly keptDays: number;
    readonly log: FastifyBaseLogger;
  }) {
    this.#directory = parts.directory;
    this.#keptDays = parts.keptDays;
    this.#log = parts.log;
  }

  /** Writes behind the answer; {@link flush} waits for it. */
  add(request: FastifyRequest, audited: Audited): void {
    const { gallery = null } = request.params as { gallery?: string };
    this.write({
      time: new Date().toISOString(),
      key: request.caller.keyId,
      address: request.ip,
      gallery,
      people: [],
      photos: [],
      faces: [],
      ...audited,
    });
  }

  write(entry: AuditEntry): void {
    const path = join(this.#directory, `${entry.time.slice(0, 10)}.jsonl`);
    this.#last = this.#last
      .then(async () => {
        await mkdir(this.#directory, { recursive: true, mode: 0o700 });
        await appendFile(path, `${JSON.stringify(entry)}\n`, { mode: 0o600 });
      })
      .catch((error: { code?: string }) => {
        this.#log.error({ code: error.code }, 'the audit log could not be written');
      });
  }

  async flush(): Promise<void> {
    await this.#last;
  }

  /** Removes the days that are kept no longer. */
  async expire(now = Date.now()): Promise<void> {
    const oldest = new Date(now - this.#keptDays * DAY_MS).toISOString().slice(0, 10);
    for (const day of await this.#days()) {
      if (day < oldest) await rm(join(this.#directory, `${day}.jsonl`), { force: true });
    }
  }

  /** The newest first. */
  async read(options: {
    readonly after: readonly [day: number, line: number] | undefined;
    readonly limit: number;
    readonly isWanted: (entry: AuditEntry) => boolean;
  }): Promise<PlacedEntry[]> {
    await this.flush();
    const { after, limit, isWanted } = options;
    const found: PlacedEntry[] = [];
    for (const day of (await this.#days()).reverse()) {
      const dayNumber = Number(day.replaceAll('-', ''));
      if (after !== undefined && dayNumber > after[0]) continue;
      const lines = (await readFile(join(this.#directory, `${day}.jsonl`), 'utf8')).split('\n');
      const end = after !== undefined && dayNumber === after[0] ? after[1] : lines.length;
      for (let line = Math.min(end, lines.length) - 1; line >= 0; line--) {
        const entry = parse(lines[line]!);
        if (entry === undefined || !isWanted(entry)) continue;
        found.push({ ...entry, place: [dayNumber, line] });
        if (found.length === limit) return found;
      }
    }
    return found;
  }

  async #days(): Promise<string[]> {
    const names = await readdir(this.#directory).catch(() => []);
    return names
      .filter((name) => /^\d{4}-\d{2}-\d{2}\.jsonl$/.test(name))
      .map((name) => name.slice(0, 10))
      .sort();
  }
}

/** The last line may be half, where the process died. */
function parse(line: string): AuditEntry | undefined {
  try {
    return JSON.parse(line) as AuditEntry;
  } catch {
    return undefined;
  }
}

import { mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyBaseLogger, FastifyRequest } from 'fastify';

/**
 * Who did what to whom: by ids, which say nothing once what they name is deleted. A photo is named by its
 * faces, since its own id would tell whoever has the photo, for as long as the log is kept.
 */
export interface AuditEntry {
  /** ISO 8601, UTC. */
  readonly time: string;
  /** Null: loopback without keys. */
  readonly key: string | null;
  readonly address: string;
  readonly action: string;
  readonly gallery: string | null;
  readonly people: readonly string[];
  readonly faces: readonly number[];
}

/** With where it is: the day as a number, and the byte of the day's file at which it begins. */
export interface PlacedEntry extends AuditEntry {
  readonly place: [day: number, start: number];
}

/** What an action is about. */
export interface Audited {
  readonly action: string;
  /** Default that of the path. */
  readonly gallery?: string | undefined;
  readonly people?: readonly string[];
  readonly faces?: readonly number[];
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** Read at a time, from a day's end. */
const CHUNK_BYTES = 64 * 2 ** 10;
const NEWLINE = 10;

/**
 * An append-only log, a file of JSON lines a day, so that what is too old goes as a whole. No names, no
 * embeddings, no pictures.
 */
export class AuditLog {
  readonly #directory: string;
  readonly #keptDays: number;
  readonly #log: FastifyBaseLogger;
  #waiting: AuditEntry[] = [];
  #writing: Promise<void> | undefined;

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
    const { gallery } = request.params as { gallery?: string };
    this.write({
      time: new Date().toISOString(),
      key: request.caller.keyId,
      address: request.ip,
      people: [],
      faces: [],
      ...audited,
      gallery: audited.gallery ?? gallery ?? null,
    });
  }

  write(entry: AuditEntry): void {
    this.#waiting.push(entry);
    this.#writing ??= this.#writeWaiting().finally(() => {
      this.#writing = undefined;
    });
  }

  /** Waits until everything is written. */
  async flush(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
  }

  /** Removes the days that are kept no longer. */
  async expire(now = Date.now()): Promise<void> {
    const oldest = new Date(now - this.#keptDays * DAY_MS).toISOString().slice(0, 10);
    for (const day of await this.#days()) {
      if (day < oldest) await rm(this.#pathOf(day), { force: true });
    }
  }

  /** The newest first. */
  async read(options: {
    readonly after: readonly [day: number, start: number] | undefined;
    readonly limit: number;
    readonly isWanted: (entry: AuditEntry) => boolean;
  }): Promise<PlacedEntry[]> {
    await this.flush();
    const { after, limit, isWanted } = options;
    const found: PlacedEntry[] = [];
    for (const day of (await this.#days()).reverse()) {
      const dayNumber = Number(day.replaceAll('-', ''));
      if (after !== undefined && dayNumber > after[0]) continue;
      const end = dayNumber === after?.[0] ? after[1] : undefined;
      for await (const { text, start } of linesBackwards(this.#pathOf(day), end)) {
        const entry = parse(text);
        if (entry === undefined || !isWanted(entry)) continue;
        found.push({ ...entry, place: [dayNumber, start] });
        if (found.length === limit) return found;
      }
    }
    return found;
  }

  /** What comes while one write is under way goes with the next. */
  async #writeWaiting(): Promise<void> {
    while (this.#waiting.length > 0) {
      const entries = this.#waiting;
      this.#waiting = [];
      const day = entries[0]!.time.slice(0, 10);
      const lines = entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
      try {
        await mkdir(this.#directory, { recursive: true, mode: 0o700 });
        await append(this.#pathOf(day), lines);
      } catch (error) {
        const { code } = error as { code?: string };
        this.#log.error({ code, entries: entries.length }, 'the audit log could not be written');
      }
    }
  }

  #pathOf(day: string): string {
    return join(this.#directory, `${day}.jsonl`);
  }

  async #days(): Promise<string[]> {
    const names = await readdir(this.#directory).catch(() => []);
    return names
      .filter((name) => /^\d{4}-\d{2}-\d{2}\.jsonl$/.test(name))
      .map((name) => name.slice(0, 10))
      .sort();
  }
}

/** Half a line, of a process that died or a disk that was full, stays one: what comes begins its own. */
async function append(path: string, lines: string): Promise<void> {
  await using file = await open(path, 'a+', 0o600);
  const { size } = await file.stat();
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, Math.max(0, size - 1));
  const isHalf = size > 0 && buffer[0] !== NEWLINE;
  await file.appendFile(isHalf ? `\n${lines}` : lines);
}

/** The lines of a file from its end, or from a byte on, whose length doesn't matter. */
async function* linesBackwards(
  path: string,
  end: number | undefined,
): AsyncGenerator<{ text: string; start: number }> {
  await using file = await open(path);
  let position = Math.min(end ?? Infinity, (await file.stat()).size);
  let rest = Buffer.alloc(0);
  while (position > 0) {
    const length = Math.min(CHUNK_BYTES, position);
    position -= length;
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, position);
    rest = Buffer.concat([buffer, rest]);
    // The first line may begin before this chunk.
    for (
      let newline = rest.lastIndexOf(NEWLINE, -2);
      newline >= 0;
      newline = rest.lastIndexOf(NEWLINE, -2)
    ) {
      yield { text: rest.subarray(newline + 1).toString(), start: position + newline + 1 };
      rest = rest.subarray(0, newline + 1);
    }
  }
  if (rest.length > 0) yield { text: rest.toString(), start: 0 };
}

/** The last line may be half, where the process died. */
function parse(line: string): AuditEntry | undefined {
  try {
    return JSON.parse(line) as AuditEntry;
  } catch {
    return undefined;
  }
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFacedexClient, type FacedexClient } from '@facedex/client';
import { type RunningServer, serve } from '../../src/http/serve.js';
import type { ServeOptions } from '../../src/http/serve-options.js';

/** A real server on a free port of loopback, with a data folder of its own. */
export interface TestServer extends AsyncDisposable {
  readonly url: string;
  readonly data: string;
  readonly client: FacedexClient;
  readonly running: RunningServer;
  /** Ends it as a whole but for its data, and starts it again. */
  restart(options?: Partial<ServeOptions>): Promise<void>;
}

export async function startTestServer(
  options: Partial<ServeOptions> = {},
  data?: string,
): Promise<TestServer> {
  const folder = data ?? (await mkdtemp(join(tmpdir(), 'facedex-serve-')));
  let running = await start(folder, options);
  let client = createFacedexClient({ baseUrl: running.url });
  return {
    data: folder,
    get url() {
      return running.url;
    },
    get client() {
      return client;
    },
    get running() {
      return running;
    },
    async restart(others = options) {
      await running[Symbol.asyncDispose]();
      running = await start(folder, others);
      client = createFacedexClient({ baseUrl: running.url });
    },
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function start(data: string, options: Partial<ServeOptions>): Promise<RunningServer> {
  return serve({
    places: { data },
    port: 0,
    workers: 1,
    log: false,
    onNotice: () => {},
    ...options,
  });
}

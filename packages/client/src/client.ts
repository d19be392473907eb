import createClient, { type Client } from 'openapi-fetch';
import type { paths } from './schema.js';

/** How to reach a server. */
export interface ClientOptions {
  /** Such as `http://127.0.0.1:8080`; default: where the page came from. */
  readonly baseUrl?: string | undefined;
  /** An API key; none is needed on loopback as long as none has been made. */
  readonly key?: string | undefined;
  /** In place of the platform's. */
  readonly fetch?: ((request: Request) => Promise<Response>) | undefined;
}

/** Every operation of the service, with the types of its OpenAPI document. */
export type FacedexClient = Client<paths>;

/**
 * A client of `facedex serve`.
 *
 * ```ts
 * const client = createFacedexClient({ baseUrl: 'http://127.0.0.1:8080' });
 * const { data, error } = await client.POST('/v1/galleries/{gallery}/search', {
 *   params: { path: { gallery: 'friends' } },
 *   ...form({ photo: file, k: 5 }),
 * });
 * ```
 */
export function createFacedexClient({
  baseUrl = '',
  key,
  fetch,
}: ClientOptions = {}): FacedexClient {
  return createClient<paths>({
    baseUrl,
    ...(fetch === undefined ? {} : { fetch }),
    ...(key === undefined ? {} : { headers: { authorization: `Bearer ${key}` } }),
  });
}

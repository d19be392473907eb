import type { EmbedderChoice } from '@facedex/pipeline';
import type { AdmissionLimits } from './admission.js';
import type { GalleryPlaces } from './gallery-places.js';
import type { UploadLimits } from './read-upload.js';

/** How to serve. */
export interface ServeOptions extends EmbedderChoice {
  readonly places: GalleryPlaces;
  /** Default 127.0.0.1, which `localhost` is as well. Another than loopback needs a key. */
  readonly host?: string;
  /** Default 8080; 0 takes any that is free. */
  readonly port?: number;
  /** Whether the files of uploaded photos are kept, to show them; default true. */
  readonly keepPhotos?: boolean;
  /** People who were not seen for so many days are deleted; default: nobody for that. */
  readonly retentionDays?: number;
  /** How long the audit log is kept; default {@link DEFAULT_AUDIT_DAYS}. */
  readonly auditDays?: number;
  /** Requests of a key (without keys: an address) in a minute; default {@link DEFAULT_RATE}. */
  readonly requestsPerMinute?: number;
  readonly limits?: Partial<UploadLimits>;
  readonly admission?: Partial<AdmissionLimits>;
  /** Origins whose pages may ask with a key; default none. */
  readonly corsOrigins?: readonly string[];
  /** Addresses of proxies whose `X-Forwarded-For` is believed; default none. Any needs a key. */
  readonly trustedProxies?: readonly string[];
  /** Folder of the page's built files; default the one that comes along, if it does. */
  readonly page?: string;
  /** Worker threads of each pipeline; default one per core. */
  readonly workers?: number;
  /** Whether to log requests, as JSON lines on stderr; default true. */
  readonly log?: boolean;
  readonly onNotice?: (message: string) => void;
}

export const DEFAULT_HOST = '127.0.0.1';
export const DEFAULT_PORT = 8080;
export const DEFAULT_AUDIT_DAYS = 365;
/** A page of a hundred faces is a hundred pictures. */
export const DEFAULT_RATE = 6000;
export const DEFAULT_LIMITS: UploadLimits = {
  uploadBytes: 20 * 2 ** 20,
  photoPixels: 50_000_000,
  photosPerBatch: 1000,
  uploadMs: 30_000,
  batchMs: 60 * 60 * 1000,
  answerMs: 30_000,
};
export const DEFAULT_ADMISSION: AdmissionLimits = { pictures: 16, queries: 256 };

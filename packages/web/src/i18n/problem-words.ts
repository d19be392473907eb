import type { ApiError } from '../api/ask.js';
import type { Texts } from './en.js';
import type { ProblemCode, Problems, ProblemText } from './problems-en.js';

/** What is said of a problem. */
export interface ProblemWords {
  readonly title: string;
  readonly advice?: string;
  /** The service's own words, in English, where they say more than the page knows from the code. */
  readonly detail?: string;
}

/** Codes of which the service tells figures, names or a reason. */
const FACTUAL = new Set<string>([
  'LOW_QUALITY',
  'SEVERAL_FACES',
  'UNREADABLE_PHOTO',
  'PHOTO_TOO_LARGE',
  'NO_THRESHOLD',
  'WRONG_SPACE',
  'UNSUPPORTED_VERSION',
  'FORBIDDEN',
  'INVALID_ARGUMENT',
  'INVALID_EMBEDDING',
  'INVALID_FILE',
  'INVALID_FACTORY',
  'NOT_FINITE',
  'UNSUPPORTED',
  'IDEMPOTENCY_MISMATCH',
  'UNSUPPORTED_MEDIA_TYPE',
  'MODEL_MISSING',
  'UNKNOWN_MODEL',
] satisfies ProblemCode[]);

/** What is said of a problem in the page's language; of one that it does not know, what the service says. */
export function problemWords(
  { code, title, detail }: Pick<ApiError['problem'], 'code' | 'title' | 'detail'>,
  { texts, problems }: { texts: Texts; problems: Problems | undefined },
): ProblemWords {
  if (code === 'OFFLINE') return { title: texts.offline.title, advice: texts.offline.text };
  if (code === 'UNREADABLE_FILE') return texts.unreadableFile;
  const known: ProblemText | undefined = problems?.[code as ProblemCode];
  if (known === undefined) return { title, ...(detail !== title && { detail }) };
  return { title: known[0], advice: known[1], ...(FACTUAL.has(code) && { detail }) };
}

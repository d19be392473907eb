import { FAISS_ERROR_CODES } from '@facedex/faiss';
import { GALLERY_ERROR_CODES, GalleryError } from '@facedex/gallery';
import { PIPELINE_ERROR_CODES } from '@facedex/pipeline';
import { describe, expect, it } from 'vitest';
import { describeError, ERROR_TABLE, type ErrorCode, exitCodeOf } from './error-table.js';
import { FACEDEX_ERROR_CODES } from './facedex-error.js';

const PACKAGES: readonly [string, string, readonly ErrorCode[]][] = [
  ['facedex', 'FacedexError', FACEDEX_ERROR_CODES],
  ['@facedex/pipeline', 'PipelineError', PIPELINE_ERROR_CODES],
  ['@facedex/gallery', 'GalleryError', GALLERY_ERROR_CODES],
  ['@facedex/faiss', 'FaissError', FAISS_ERROR_CODES],
];

describe('the table of errors', () => {
  it('has every code, and no other', () => {
    const codes = PACKAGES.flatMap(([, , all]) => all);
    expect(Object.keys(ERROR_TABLE).sort()).toEqual([...new Set(codes)].sort());
  });

  it('is what docs/errors.md says (npx vitest run packages/facedex/src/error-table -u writes it)', async () => {
    await expect(errorsPage()).toMatchFileSnapshot('../../../docs/errors.md');
  });
});

describe('an error as it is told', () => {
  it('keeps code and message of ours, and its exit code', () => {
    const error = new GalleryError('LOCKED', 'busy');
    expect(describeError(error)).toEqual({ code: 'LOCKED', message: 'busy' });
    expect(exitCodeOf(error)).toBe(3);
  });

  it('says of any other that it is our fault, with its stack', () => {
    const error = new RangeError('what');
    expect(describeError(error)).toMatchObject({ code: 'UNEXPECTED' });
    expect(describeError(error).message).toContain('error-table.test');
    expect(exitCodeOf(error)).toBe(1);
  });
});

function errorsPage(): string {
  const lines = [
    '# Errors',
    '',
    'Every error of ours has a `code`; branch on it, never on the message. With `--json` the command',
    'line prints `{"error": {"code", "message"}}`. Exit codes: 1 a fault of facedex or the machine, 2',
    'bad input, 3 try again later. The HTTP status is what a service should answer.',
  ];
  for (const [name, type, codes] of PACKAGES) {
    lines.push('', `## ${type} (\`${name}\`)`, '');
    lines.push('| code | exit code | HTTP status | meaning |', '| --- | --- | --- | --- |');
    for (const code of codes) {
      const { exitCode, status, meaning } = ERROR_TABLE[code];
      lines.push(`| \`${code}\` | ${exitCode} | ${status} | ${meaning} |`);
    }
  }
  return `${lines.join('\n')}\n`;
}

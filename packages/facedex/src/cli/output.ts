import { relative } from 'node:path';
import Table from 'cli-table3';
import pc from 'picocolors';

/** Prints a result: one JSON document with `--json`, else what `print` returns for a person. */
export function printResult<T>(
  result: T,
  options: { readonly json?: boolean },
  print: (result: T) => string,
): void {
  const text = options.json ? JSON.stringify(result, null, 2) : print(result);
  process.stdout.write(`${text}\n`);
}

/** Prints an error on stderr, and with `--json` as a document on stdout too. */
export function printError(
  error: { readonly code: string; readonly message: string },
  json: boolean,
): void {
  if (json) process.stdout.write(`${JSON.stringify({ error }, null, 2)}\n`);
  const colour = pc.createColors(process.stderr.isTTY && pc.isColorSupported);
  process.stderr.write(`${colour.red('error')} ${printable(error.message)} (${error.code})\n`);
}

/** Prints what a user should know while a command runs. */
export function printNotice(message: string): void {
  const colour = pc.createColors(process.stderr.isTTY && pc.isColorSupported);
  process.stderr.write(`${colour.yellow('note')} ${printable(message)}\n`);
}

/**
 * A name or path as it may be printed: control characters, which could forge lines or steer the
 * terminal, are shown as escapes.
 */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what has to be replaced
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** A path as short as it can be written from here. */
export function shortPath(path: string): string {
  const short = relative(process.cwd(), path);
  return printable(short.startsWith('..') || short === '' ? path : short);
}

/** A person's name for a terminal. */
export function personName(person: string | null): string {
  return person === null ? pc.dim('nobody') : pc.bold(printable(person));
}

/** Rows of cells as aligned columns without a frame; numbers to the right. */
export function table(rows: readonly (readonly (string | number)[])[]): string {
  const columns = new Table({
    chars: NO_FRAME,
    style: { 'padding-left': 0, 'padding-right': 2, head: [], border: [] },
  });
  for (const row of rows) {
    columns.push(
      row.map((cell) => ({
        content: String(cell),
        hAlign: typeof cell === 'number' ? ('right' as const) : ('left' as const),
      })),
    );
  }
  return columns.toString().replace(/ +$/gm, '');
}

const NO_FRAME = Object.fromEntries(
  [
    'top top-mid top-left top-right bottom bottom-mid bottom-left bottom-right',
    'left left-mid mid mid-mid right right-mid middle',
  ]
    .join(' ')
    .split(' ')
    .map((part) => [part, '']),
);

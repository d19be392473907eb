import { type Command, InvalidArgumentError, Option } from 'commander';
import { DEFAULT_GALLERY, DEFAULT_K } from '../facedex.js';

/** Options that several commands share, so that they mean the same everywhere. */
export const jsonOption = () => new Option('--json', 'print one JSON document on stdout');

export const galleryOption = () =>
  new Option('--gallery <dir>', 'folder of the gallery').default(DEFAULT_GALLERY);

export const modelOption = () =>
  new Option('--model <id>', 'embedder (see: facedex models list); default that of the gallery');

export const indexOption = () =>
  new Option(
    '--index <kind>',
    "index that answers searches: auto, compact, or a FAISS factory such as 'IVF1024,Flat'; kept with the gallery (default: auto)",
  );

export const compactOption = () =>
  new Option(
    '--compact',
    'at most 128 bytes of vector a face in the index: --index compact',
  ).conflicts('index');

export const indexMemoryOption = () =>
  new Option('--index-memory <MB>', 'memory for the index; default half of what is free').argParser(
    (text) => countOf(text) * 2 ** 20,
  );

export const kOption = () =>
  new Option('-k <count>', 'how many matches').argParser(countOf).default(DEFAULT_K);

export const thresholdOption = () =>
  new Option(
    '--threshold <distance>',
    'distance up to which faces count as the same person, 0 to 2; default from the model card',
  ).argParser(distance);

/** Shows a command's example under its help. */
export function withExample(command: Command, ...lines: readonly string[]): Command {
  return command.addHelpText('after', `\nExample:\n${lines.map((line) => `  ${line}`).join('\n')}`);
}

/** A whole number; whether it is in range is for whom it is for to say. */
export function countOf(text: string): number {
  if (!/^-?\d+$/.test(text)) {
    throw new InvalidArgumentError(`expected a whole number, received "${text}".`);
  }
  return Number(text);
}

function distance(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 2)) {
    throw new InvalidArgumentError(`expected a distance from 0 to 2, received "${text}".`);
  }
  return value;
}

import { DEFAULT_TEMPLATES, TEMPLATES } from '@facedex/gallery';
import { DEFAULT_MODEL, type DetectorSize, PRESETS } from '@facedex/pipeline';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { DEFAULT_K } from '../embedding-queries.js';
import { DEFAULT_GALLERY } from '../facedex.js';
import { DEFAULT_MIN_QUALITY } from '../judge-photo.js';

/** Options that several commands share, so that they mean the same everywhere. */
export const jsonOption = () => new Option('--json', 'print one JSON document on stdout');

export const galleryOption = () =>
  new Option('--gallery <dir>', 'folder of the gallery').default(DEFAULT_GALLERY);

export const modelOption = () =>
  new Option('--model <id>', 'embedder (see: facedex models list); default that of the gallery');

/** Of commands that ask no gallery. */
export const anyModelOption = () =>
  new Option('--model <id>', `embedder (see: facedex models list); default ${DEFAULT_MODEL}`);

export const presetOption = (description = 'an embedder by its purpose, in place of --model') =>
  new Option('--preset <name>', description).choices(Object.keys(PRESETS)).conflicts('model');
export const indexOption = () =>
  new Option(
    '--index <kind>',
    "index that answers searches: auto, compact, or a FAISS factory such as 'IVF1024,Flat'; kept with the gallery (default: auto)",
  );

export const compactOption = () =>
  new Option(
    '--compact',
    'from 1,024 faces on at most 128 bytes of vector a face in the index: --index compact',
  ).conflicts('index');

export const indexMemoryOption = () =>
  new Option('--index-memory <MB>', 'memory for the index; default half of what is free').argParser(
    (text) => countFromOne(text) * 2 ** 20,
  );

export const kOption = () =>
  new Option('-k <count>', 'how many matches').argParser(wholeNumber).default(DEFAULT_K);

export const templatesOption = () =>
  new Option(
    '--templates <kind>',
    `what stands for a person with several faces; default ${DEFAULT_TEMPLATES}`,
  ).choices(TEMPLATES);

export const thresholdOption = () =>
  new Option(
    '--threshold <distance>',
    'distance up to which faces count as the same person, 0 to 2; default from the calibration',
  ).argParser(distance);

export const anyOrientationOption = () =>
  new Option('--any-orientation', 'also look at the photo turned, where it shows no upright face');

export const detectorSizeOption = () =>
  new Option(
    '--detector-size <pixels>',
    "long side of the detector's input, 32 to 4096: smaller is faster, larger finds smaller faces; " +
      'auto follows the photo',
  )
    .argParser((text): DetectorSize => (text === 'auto' ? text : wholeNumber(text)))
    .default('auto');

export const livenessOption = () =>
  new Option(
    '--liveness',
    'also judge whether the face is live, 0 to 1: weak evidence, not evaluated',
  );

export const minQualityOption = () =>
  new Option(
    '--min-quality <score>',
    `lowest quality of a face to enrol, 0 to 1; 0 takes all; default ${DEFAULT_MIN_QUALITY}`,
  ).argParser(share);
export const calibrationOption = () =>
  new Option(
    '--calibration <file>',
    "a calibration to decide by; default the gallery's own, else the model's",
  );

export const reportOption = () =>
  new Option('--report <dir>', 'write figures (JSON, CSV) and pictures (SVG, PNG) to a folder');

/** Shows a command's example under its help. */
export function withExample(command: Command, ...lines: readonly string[]): Command {
  return command.addHelpText('after', `\nExample:\n${lines.map((line) => `  ${line}`).join('\n')}`);
}

/** Reads a whole number; the library says which are allowed. */
export function wholeNumber(text: string): number {
  if (!/^-?\d+$/.test(text)) {
    throw new InvalidArgumentError(`expected a whole number, received "${text}".`);
  }
  return Number(text);
}

/** Reads a whole number where none and fewer make no sense, and no library says so. */
export function countFromOne(text: string): number {
  const value = wholeNumber(text);
  if (value < 1) throw new InvalidArgumentError(`expected 1 or more, received "${text}".`);
  return value;
}

function share(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 1)) {
    throw new InvalidArgumentError(`expected a number from 0 to 1, received "${text}".`);
  }
  return value;
}

/** Reads how often something may happen. */
export function rate(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value > 0 && value < 1)) {
    throw new InvalidArgumentError(`expected a rate above 0 and below 1, received "${text}".`);
  }
  return value;
}

/** Reads a distance of two embeddings. */
export function distance(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 2)) {
    throw new InvalidArgumentError(`expected a distance from 0 to 2, received "${text}".`);
  }
  return value;
}

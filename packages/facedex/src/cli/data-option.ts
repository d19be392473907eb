import { Option } from 'commander';

/** Where `facedex serve` keeps galleries. */
export const DEFAULT_DATA = 'facedex-galleries';

export const dataOption = () =>
  new Option('--data <dir>', `folder of galleries; default ${DEFAULT_DATA}`);

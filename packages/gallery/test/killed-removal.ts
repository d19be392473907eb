// A second process: removes a person, and is killed as it comes to a step of that.
//   killed-removal.ts DIR PERSON STEP
import { FaissIndexHome } from '../src/index/faiss-index-home.js';
import { Gallery, PhotoFiles } from '../src/index.js';
import { SqliteRecordStore } from '../src/store/sqlite-record-store.js';
import { SqliteStore } from '../src/store/sqlite-store.js';

const [directory = '', person = '', step = ''] = process.argv.slice(2);
const gallery = await Gallery.open(directory, { mode: 'write' });
const die = async () => {
  process.kill(process.pid, 'SIGKILL');
  return new Promise<never>(() => undefined);
};
const steps: Record<string, readonly [owner: object, method: string]> = {
  index: [FaissIndexHome.prototype, 'discard'],
  photos: [PhotoFiles.prototype, 'remove'],
  'names of photos': [SqliteRecordStore.prototype, 'forgetGone'],
  log: [SqliteStore.prototype, 'reclaim'],
};
const [owner, method] = steps[step]!;
Object.assign(owner, { [method]: die });
process.stdout.write('open\n');
await gallery.removePerson(person);
process.stdout.write('removed\n');

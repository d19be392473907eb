// Which single bits flipped in a gallery's database does check find?
//   npx tsx bench/bit-flips.ts GALLERY [FLIPS]
// The gallery must not be open, and stays as it is. See docs/safety.md.
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkGallery, GalleryError } from '@facedex/gallery';

const [gallery = 'facedex-data', flips = '200'] = process.argv.slice(2);
const work = await mkdtemp(join(tmpdir(), 'facedex-flips-'));
const bytes = await readFile(join(gallery, 'gallery.db'));
await copyFile(join(gallery, 'index.faiss'), join(work, 'index.faiss'));
const tally = new Map<string, number>();
let state = 1;
for (let flip = 0; flip < Number(flips); flip++) {
  const damaged = Buffer.from(bytes);
  damaged[Math.floor(random() * bytes.length)]! ^= 1 << Math.floor(random() * 8);
  await rm(join(work, 'gallery.db-wal'), { force: true });
  await rm(join(work, 'gallery.db-shm'), { force: true });
  await writeFile(join(work, 'gallery.db'), damaged);
  const outcome = await outcomeOf(work);
  tally.set(outcome, (tally.get(outcome) ?? 0) + 1);
}
console.table(Object.fromEntries(tally));
await rm(work, { recursive: true });

async function outcomeOf(directory: string): Promise<string> {
  try {
    const { findings } = await checkGallery(directory);
    const damage = findings.find(({ severity }) => severity === 'error');
    return damage === undefined ? 'not found' : `found: ${damage.part}`;
  } catch (error) {
    return `found: ${error instanceof GalleryError ? error.code : String(error)}`;
  }
}

/** The generator of Numerical Recipes: the same flips each time. */
function random(): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
}

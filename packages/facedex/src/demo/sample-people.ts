import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Face, Pipeline } from '@facedex/pipeline';
import sharp, { type Sharp } from 'sharp';

/** A photo that was kept out of the gallery, and whose face it shows. */
export interface HeldOutPhoto {
  readonly person: string;
  readonly path: string;
}

/** People made from the faces of group photos. */
export interface SamplePeople {
  /** One sub-folder of photos per person. */
  readonly folder: string;
  readonly people: number;
  readonly photos: number;
  /** One photo per person that is not in `folder`. */
  readonly heldOut: readonly HeldOutPhoto[];
}

/** Side of a made photo, and how much wider than the face the cut is. */
const SIDE = 360;
const MARGIN = 2.2;

/** How a person's enrolled photos differ: cut, mirror, light, size. */
const ENROLLED: readonly [string, (cut: Sharp) => Sharp][] = [
  ['plain', (cut) => cut],
  ['mirrored-brighter', (cut) => cut.flop().modulate({ brightness: 1.25 })],
  ['small-soft', (cut) => cut.resize(120).blur(0.6)],
];

/** How the held-out photo differs from all of them. */
const HELD_OUT = (cut: Sharp) =>
  cut
    .rotate(10, { background: '#777' })
    .modulate({ brightness: 0.7, saturation: 0.5 })
    .jpeg({ quality: 50 });

/**
 * Finds every face in group photos and makes a person of each: a few photos that differ in crop,
 * light, size and direction, and one that differs again and is kept out.
 */
export async function makeSamplePeople(
  pipeline: Pipeline,
  photos: readonly string[],
  directory: string,
): Promise<SamplePeople> {
  const folder = join(directory, 'people');
  const probes = join(directory, 'probes');
  await mkdir(probes, { recursive: true });
  const heldOut: HeldOutPhoto[] = [];
  for (const [i, photo] of photos.entries()) {
    const { faces } = await pipeline.analyse(photo, { embed: false });
    const leftToRight = faces.toSorted((a, b) => a.box.x - b.box.x);
    for (const [j, face] of leftToRight.entries()) {
      const person = `photo${i + 1}-person${j + 1}`;
      const cut = await cutOut(photo, face);
      await mkdir(join(folder, person), { recursive: true });
      for (const [name, vary] of ENROLLED) {
        await writeFile(
          join(folder, person, `${name}.jpg`),
          await vary(sharp(cut)).jpeg({ quality: 90 }).toBuffer(),
        );
      }
      const path = join(probes, `${person}.jpg`);
      await writeFile(path, await HELD_OUT(sharp(cut)).toBuffer());
      heldOut.push({ person, path });
    }
  }
  const people = heldOut.length;
  return { folder, people, photos: people * ENROLLED.length, heldOut };
}

async function cutOut(photo: string, { box }: Face): Promise<Buffer> {
  const image = sharp(photo).autoOrient();
  const { autoOrient } = await image.metadata();
  const side = Math.round(Math.max(box.width, box.height) * MARGIN);
  const left = Math.round(box.x + box.width / 2 - side / 2);
  const top = Math.round(box.y + box.height / 2 - side / 2);
  const right = left + side;
  const bottom = top + side;
  const inside = {
    left: Math.max(0, left),
    top: Math.max(0, top),
    width: Math.min(autoOrient.width, right) - Math.max(0, left),
    height: Math.min(autoOrient.height, bottom) - Math.max(0, top),
  };
  return image.extract(inside).resize(SIDE, SIDE, { fit: 'inside' }).png().toBuffer();
}

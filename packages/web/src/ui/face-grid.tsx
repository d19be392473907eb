import { Checkbox, UnstyledButton } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { facePicture } from '../api/picture-urls.js';
import type { Face } from '../api/types.js';
import { useTexts } from '../i18n/language.js';
import { useGalleryName } from '../shell/gallery-context.js';
import classes from './face-grid.module.css';
import { Picture } from './picture.js';
import { toggled } from './toggled.js';

const PhotoDialog = lazy(async () => ({
  default: (await import('./photo-dialog.js')).PhotoDialog,
}));

interface FaceGridProps {
  readonly faces: readonly Face[];
  readonly selected: ReadonlySet<number>;
  /** None: faces can only be looked at. */
  readonly onSelect?: ((selected: ReadonlySet<number>) => void) | undefined;
}

/** Faces to look at, a click shows the photo; and to select, with the box in their corner. */
export function FaceGrid({ faces, selected, onSelect }: FaceGridProps) {
  const t = useTexts();
  const gallery = useGalleryName();
  const [opened, setOpened] = useState<Face>();
  return (
    <>
      <ul className={classes.grid}>
        {faces.map((face) => (
          <li
            key={face.id}
            className={classes.item}
            data-selected={selected.has(face.id) || undefined}
          >
            <UnstyledButton
              onClick={() => setOpened(face)}
              aria-label={t.people.showPhoto(face.id)}
              className={classes.open}
            >
              <Picture src={facePicture(gallery, face.id, 224)} alt="" kind="face" />
            </UnstyledButton>
            {onSelect && (
              <span className={classes.select}>
                <Checkbox
                  checked={selected.has(face.id)}
                  onChange={() => onSelect(toggled(selected, face.id))}
                  aria-label={t.people.selectFace(face.id)}
                  size="md"
                />
              </span>
            )}
          </li>
        ))}
      </ul>
      {opened && (
        <Suspense>
          <PhotoDialog photo={opened.photo} face={opened.id} onClose={() => setOpened(undefined)} />
        </Suspense>
      )}
    </>
  );
}

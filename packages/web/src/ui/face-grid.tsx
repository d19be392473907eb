import { Checkbox, UnstyledButton } from '@mantine/core';
import { type Dispatch, lazy, memo, type SetStateAction, Suspense, useState } from 'react';
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

type Select = Dispatch<SetStateAction<ReadonlySet<number>>>;

interface FaceGridProps {
  readonly faces: readonly Face[];
  readonly selected: ReadonlySet<number>;
  /** None: faces can only be looked at. */
  readonly onSelect?: Select | undefined;
}

/** Faces to look at, a click shows the photo; and to select, with the box in their corner. */
export function FaceGrid({ faces, selected, onSelect }: FaceGridProps) {
  const [opened, setOpened] = useState<Face>();
  return (
    <>
      <ul className={classes.grid}>
        {faces.map((face) => (
          <FaceItem
            key={face.id}
            face={face}
            selected={selected.has(face.id)}
            onOpen={setOpened}
            onSelect={onSelect}
          />
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

interface FaceItemProps {
  readonly face: Face;
  readonly selected: boolean;
  readonly onOpen: (face: Face) => void;
  readonly onSelect: Select | undefined;
}

/** Drawn anew by itself: a person may have a thousand faces. */
const FaceItem = memo(function FaceItem({ face, selected, onOpen, onSelect }: FaceItemProps) {
  const t = useTexts();
  const gallery = useGalleryName();
  return (
    <li className={classes.item} data-selected={selected || undefined}>
      <UnstyledButton
        onClick={() => onOpen(face)}
        aria-label={t.people.showPhoto(face.id)}
        className={classes.open}
      >
        <Picture src={facePicture(gallery, face.id, 224)} alt="" kind="face" />
      </UnstyledButton>
      {onSelect && (
        <span className={classes.select}>
          <Checkbox
            checked={selected}
            onChange={() => onSelect((now) => toggled(now, face.id))}
            aria-label={t.people.selectFace(face.id)}
            size="md"
          />
        </span>
      )}
    </li>
  );
});

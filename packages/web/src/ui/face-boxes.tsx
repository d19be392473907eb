import { Text } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import type { Box } from '../api/types.js';
import { useTexts } from '../i18n/language.js';
import classes from './face-boxes.module.css';

interface FaceBoxesProps {
  /** A blob: URL of the picture. */
  readonly src: string | undefined;
  readonly alt: string;
  /** Of the upright picture, in whose pixels the boxes are; until known, the browser's own. */
  readonly size?: { readonly width: number; readonly height: number } | undefined;
  readonly boxes: readonly Box[];
  readonly picked?: number | undefined;
  /** Makes the boxes buttons. */
  readonly onPick?: (index: number) => void;
  /** Pixels that the picture is at most high; on a low screen less. */
  readonly maxHeight: number;
  /** Shown above the picture, such as that something is being done. */
  readonly children?: ReactNode;
}

/** A picture with a box on every face that was found in it. */
export function FaceBoxes(props: FaceBoxesProps) {
  const { src, alt, boxes, picked, onPick, maxHeight, children } = props;
  const t = useTexts();
  const [natural, setNatural] = useState<{ width: number; height: number }>();
  const [unseen, setUnseen] = useState<string>();
  const size = props.size ?? natural ?? { width: 4, height: 3 };
  const ratio = size.width / size.height;
  return (
    <div
      className={classes.frame}
      style={{ aspectRatio: ratio, width: `min(100%, calc(min(${maxHeight}px, 40vh) * ${ratio}))` }}
    >
      {src !== undefined && unseen !== src ? (
        <img
          src={src}
          alt={alt}
          draggable={false}
          onError={() => setUnseen(src)}
          onLoad={({ currentTarget: image }) =>
            setNatural({ width: image.naturalWidth, height: image.naturalHeight })
          }
        />
      ) : (
        src !== undefined && (
          <Text size="sm" className={classes.unseen}>
            {t.picture.notShown}
          </Text>
        )
      )}
      {boxes.length > 0 && (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset would bring its own look
        <div role="group" aria-label={t.picture.faces}>
          {boxes.map((box, index) => {
            const place = {
              left: `${(100 * box.x) / size.width}%`,
              top: `${(100 * box.y) / size.height}%`,
              width: `${(100 * box.width) / size.width}%`,
              height: `${(100 * box.height) / size.height}%`,
            };
            const key = `${box.x},${box.y},${box.width}`;
            const label = t.picture.face(index + 1, boxes.length);
            return onPick ? (
              <button
                key={key}
                type="button"
                className={classes.box}
                style={place}
                aria-label={label}
                aria-pressed={index === picked}
                onClick={() => onPick(index)}
              />
            ) : (
              <span key={key} className={classes.box} data-picked style={place} aria-hidden />
            );
          })}
        </div>
      )}
      {children}
    </div>
  );
}

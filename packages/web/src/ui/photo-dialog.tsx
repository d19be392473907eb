import { Anchor, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { ask } from '../api/ask.js';
import { photoPicture } from '../api/picture-urls.js';
import { useClient } from '../api/session.js';
import { useFormat, useTexts } from '../i18n/language.js';
import { useGalleryName } from '../shell/gallery-context.js';
import { personPath } from '../shell/views.js';
import { Dialog } from './dialog.js';
import { Loading } from './loading.js';
import classes from './photo-dialog.module.css';
import { Picture } from './picture.js';
import { ProblemState } from './problem-state.js';

interface PhotoDialogProps {
  readonly photo: string;
  /** The face that one came from; its box stands out. */
  readonly face: number;
  readonly onClose: () => void;
}

/** A photo of the gallery as it is, with its faces and who they are. */
export function PhotoDialog({ photo, face, onClose }: PhotoDialogProps) {
  const t = useTexts();
  const format = useFormat();
  const client = useClient();
  const gallery = useGalleryName();
  const { data, error, refetch } = useQuery({
    queryKey: [gallery, 'photos', photo],
    queryFn: ({ signal }) =>
      ask(
        client.GET('/v1/galleries/{gallery}/photos/{photo}', {
          params: { path: { gallery, photo } },
          signal,
        }),
      ),
  });
  const name = data?.faces.find(({ id }) => id === face)?.person?.name ?? t.common.nobody;
  return (
    <Dialog opened onClose={onClose} size="xl" title={t.common.photoOf(name)}>
      {error && <ProblemState error={error} onRetry={() => void refetch()} />}
      {!error && !data && <Loading />}
      {data && (
        <Stack gap="sm">
          <div
            className={classes.frame}
            style={{
              aspectRatio: data.photo.width / data.photo.height,
              width: `min(100%, calc(65vh * ${data.photo.width / data.photo.height}))`,
            }}
          >
            <Picture
              src={data.photo.hasPicture ? photoPicture(gallery, photo) : undefined}
              alt={t.common.photoOf(name)}
              kind="photo"
            />
            {data.photo.hasPicture &&
              data.faces.map(({ id, box }) => (
                <span
                  key={id}
                  className={classes.box}
                  data-picked={id === face || undefined}
                  aria-hidden
                  style={{
                    left: `${(100 * box.x) / data.photo.width}%`,
                    top: `${(100 * box.y) / data.photo.height}%`,
                    width: `${(100 * box.width) / data.photo.width}%`,
                    height: `${(100 * box.height) / data.photo.height}%`,
                  }}
                />
              ))}
          </div>
          <Group justify="space-between" gap="xs">
            <Text size="sm" c="dimmed">
              {data.photo.width} × {data.photo.height} ·{' '}
              {t.common.faces(data.faces.length, format.number(data.faces.length))}
            </Text>
            <Group gap="sm">
              {[
                ...new Map(
                  data.faces.flatMap(({ person }) => (person ? [[person.id, person]] : [])),
                ),
              ].map(([id, person]) => (
                <Anchor
                  key={id}
                  component={Link}
                  href={personPath(gallery, id)}
                  // It may lead to where one is.
                  onClick={onClose}
                  size="sm"
                >
                  {person.name}
                </Anchor>
              ))}
            </Group>
          </Group>
        </Stack>
      )}
    </Dialog>
  );
}

import { Alert, Button, FileButton, Group, Stack, Text } from '@mantine/core';
import { Camera, ImageUp } from 'lucide-react';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { useMe } from '../api/queries.js';
import { useFormat, useTexts } from '../i18n/language.js';
import classes from './drop-area.module.css';
import { useDrop } from './use-drop.js';

const CameraDialog = lazy(async () => ({
  default: (await import('./camera-dialog.js')).CameraDialog,
}));

/** Kinds that browsers know as pictures by type, and those that they often don't. */
const ACCEPT = 'image/*,.heic,.heif,.avif,.tif,.tiff';

interface PictureDropProps {
  /** Names the place for screen readers. */
  readonly label: string;
  readonly onFile: (file: File) => void;
  /** The picture, once there is one; the ways to give another are then shown below it. */
  readonly children?: ReactNode;
  /** A hint below the heading of the empty place. */
  readonly hint?: string;
}

/** Takes one picture: dropped, chosen or taken with the camera. Pasting is the view's. */
export function PictureDrop({ label, onFile, children, hint }: PictureDropProps) {
  const t = useTexts();
  const format = useFormat();
  const limit = useMe().data?.limits.uploadBytes ?? Number.POSITIVE_INFINITY;
  const { over, handlers } = useDrop(({ files }) => take(files[0]));
  const [camera, setCamera] = useState(false);
  const [refusal, setRefusal] = useState<string>();
  const filled = children !== undefined;

  function take(file: File | null | undefined): void {
    if (!file) return;
    const tooLarge = file.size > limit;
    setRefusal(
      tooLarge ? t.picture.tooLarge(format.bytes(file.size), format.bytes(limit)) : undefined,
    );
    if (!tooLarge) onFile(file);
  }

  return (
    <section
      className={classes.area}
      aria-label={label}
      data-over={over || undefined}
      data-filled={filled || undefined}
      {...handlers}
    >
      {children}
      <Stack align="center" gap="sm" px="md" py={filled ? 'sm' : { base: 32, sm: 52 }}>
        {!filled && (
          <>
            <ImageUp size={34} strokeWidth={1.4} aria-hidden />
            <div>
              <Text fw={600} ta="center">
                {over ? t.picture.dropNow : t.picture.drop}
              </Text>
              <Text size="sm" c="dimmed" ta="center">
                {hint ?? t.picture.dropHint}
              </Text>
            </div>
          </>
        )}
        <Group gap="xs" justify="center">
          <FileButton onChange={take} accept={ACCEPT} inputProps={{ 'aria-label': label }}>
            {(props) => (
              <Button
                {...props}
                variant={filled ? 'default' : 'filled'}
                size={filled ? 'xs' : 'sm'}
                leftSection={<ImageUp size={16} aria-hidden />}
              >
                {filled ? t.picture.another : t.picture.choose}
              </Button>
            )}
          </FileButton>
          <Button
            variant="default"
            size={filled ? 'xs' : 'sm'}
            leftSection={<Camera size={16} aria-hidden />}
            onClick={() => setCamera(true)}
          >
            {t.picture.take}
          </Button>
        </Group>
        {refusal && (
          <Alert color="red" variant="light" role="alert" p="xs">
            {refusal}
          </Alert>
        )}
      </Stack>
      {camera && (
        <Suspense>
          <CameraDialog
            onClose={() => setCamera(false)}
            onPicture={(file) => {
              setCamera(false);
              take(file);
            }}
          />
        </Suspense>
      )}
    </section>
  );
}

import { Alert, Button, Center, Loader, Stack } from '@mantine/core';
import { Camera } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTexts } from '../i18n/language.js';
import classes from './camera-dialog.module.css';
import { Dialog } from './dialog.js';

interface CameraDialogProps {
  readonly onPicture: (picture: File) => void;
  readonly onClose: () => void;
}

/** Shows what the camera sees and takes a picture of it. The camera is off once it is closed. */
export function CameraDialog({ onPicture, onClose }: CameraDialogProps) {
  const t = useTexts();
  const video = useRef<HTMLVideoElement>(null);
  const [state, setState] = useState<'starting' | 'on' | 'denied' | 'none'>('starting');

  useEffect(() => {
    let stream: MediaStream | undefined;
    let closed = false;
    void start();
    return () => {
      closed = true;
      for (const track of stream?.getTracks() ?? []) track.stop();
    };

    async function start(): Promise<void> {
      // Browsers have no mediaDevices on pages that are not secure.
      if (!navigator.mediaDevices) return setState('none');
      try {
        stream = await navigator.mediaDevices.getUserMedia({
          video: { facingMode: 'user', width: { ideal: 1280 } },
        });
      } catch (reason) {
        const missing = reason instanceof DOMException && reason.name === 'NotFoundError';
        return setState(missing ? 'none' : 'denied');
      }
      if (closed) {
        for (const track of stream.getTracks()) track.stop();
        return;
      }
      if (video.current) video.current.srcObject = stream;
    }
  }, []);

  return (
    <Dialog opened onClose={onClose} title={t.camera.title} size="lg">
      <Stack>
        {state === 'denied' || state === 'none' ? (
          <Alert color="red" variant="light" role="alert">
            {t.camera[state]}
          </Alert>
        ) : (
          <div className={classes.frame}>
            {state === 'starting' && (
              <Center pos="absolute" inset={0} role="status" aria-label={t.camera.starting}>
                <Loader color="gray" />
              </Center>
            )}
            <video
              ref={video}
              autoPlay
              playsInline
              muted
              aria-label={t.camera.preview}
              onPlaying={() => setState('on')}
            />
          </div>
        )}
        <Button
          size="md"
          disabled={state !== 'on'}
          leftSection={<Camera size={18} aria-hidden />}
          onClick={() => void take()}
        >
          {t.camera.take}
        </Button>
      </Stack>
    </Dialog>
  );

  async function take(): Promise<void> {
    const { videoWidth: width, videoHeight: height } = video.current!;
    const canvas = document.createElement('canvas');
    Object.assign(canvas, { width, height });
    canvas.getContext('2d')!.drawImage(video.current!, 0, 0);
    const blob = await new Promise<Blob | null>((resolve) => {
      canvas.toBlob(resolve, 'image/jpeg', 0.92);
    });
    if (blob) onPicture(new File([blob], 'camera.jpg', { type: 'image/jpeg' }));
  }
}

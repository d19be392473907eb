import { Alert, Button, Group, Loader, Stack, Text } from '@mantine/core';
import { FileImage, Folder, FolderUp } from 'lucide-react';
import { useRef, useState } from 'react';
import { useTexts } from '../i18n/language.js';
import drop from '../ui/drop-area.module.css';
import { useDrop } from '../ui/use-drop.js';
import { type PickedFile, planEnrolment } from './plan.js';
import { readChosen, readDropped } from './read-dropped.js';

/** Takes a folder or photos, dropped or chosen. */
export function EnrolPicker({ onFiles }: { onFiles: (files: readonly PickedFile[]) => void }) {
  const t = useTexts();
  const folderInput = useRef<HTMLInputElement>(null);
  const filesInput = useRef<HTMLInputElement>(null);
  const { over, handlers } = useDrop(({ items }) => void takeDropped(items));
  const [reading, setReading] = useState(false);
  const [refusal, setRefusal] = useState<string>();

  function take(files: readonly PickedFile[]): void {
    const { photos } = planEnrolment(files, { foldersArePeople: true });
    setRefusal(photos.length === 0 ? t.enrol.nothing : undefined);
    if (photos.length > 0) onFiles(files);
  }

  async function takeDropped(items: DataTransferItemList): Promise<void> {
    setReading(true);
    try {
      take(await readDropped(items));
    } catch {
      // Such as a folder that was moved away meanwhile, or that the browser may not read.
      setRefusal(t.enrol.unreadable);
    } finally {
      setReading(false);
    }
  }

  return (
    <Stack>
      <div className={drop.area} data-over={over || undefined} {...handlers}>
        <Stack align="center" gap="sm" py={40} px="md">
          {reading ? <Loader size={32} /> : <FolderUp size={36} strokeWidth={1.4} aria-hidden />}
          <Text fw={600} role={reading ? 'status' : undefined}>
            {reading ? t.enrol.reading : over ? t.enrol.dropNow : t.enrol.dropTitle}
          </Text>
          <Text size="sm" c="dimmed" ta="center" maw={440}>
            {t.enrol.dropHint}
          </Text>
          <Group gap="xs" justify="center" mt="xs">
            <Button
              leftSection={<Folder size={17} aria-hidden />}
              onClick={() => folderInput.current?.click()}
            >
              {t.enrol.chooseFolder}
            </Button>
            <Button
              variant="default"
              leftSection={<FileImage size={17} aria-hidden />}
              onClick={() => filesInput.current?.click()}
            >
              {t.enrol.chooseFiles}
            </Button>
          </Group>
        </Stack>
      </div>
      <input
        ref={folderInput}
        type="file"
        hidden
        multiple
        data-testid="folder"
        {...{ webkitdirectory: '' }}
        onChange={({ currentTarget: input }) => {
          take(readChosen(input.files!));
          input.value = '';
        }}
      />
      <input
        ref={filesInput}
        type="file"
        hidden
        multiple
        accept="image/*,.heic,.heif,.avif,.tif,.tiff"
        data-testid="files"
        onChange={({ currentTarget: input }) => {
          take(readChosen(input.files!));
          input.value = '';
        }}
      />
      {refusal && (
        <Alert color="red" variant="light" role="alert">
          {refusal}
        </Alert>
      )}
    </Stack>
  );
}

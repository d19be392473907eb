import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTexts } from '../i18n/language.js';

interface ConfirmDialogProps {
  readonly opened: boolean;
  readonly title: string;
  readonly text: string;
  /** On the button that does it. */
  readonly action: string;
  /** What has to be written first, with the label that asks for it. */
  readonly write?: { readonly word: string; readonly label: string };
  readonly busy: boolean;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Asks before something that can't be undone; the way back has the focus. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { opened, title, text, action, write, busy, onConfirm, onClose } = props;
  const t = useTexts();
  const [written, setWritten] = useState('');
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={title}
      centered
      closeButtonProps={{ 'aria-label': t.common.close }}
    >
      <Stack>
        <Text size="sm">{text}</Text>
        {write && (
          <TextInput
            label={write.label}
            value={written}
            onChange={(event) => setWritten(event.currentTarget.value)}
            autoComplete="off"
          />
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose} data-autofocus>
            {t.common.cancel}
          </Button>
          <Button
            color="red.9"
            loading={busy}
            disabled={write !== undefined && written !== write.word}
            onClick={onConfirm}
          >
            {action}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

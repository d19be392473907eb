import { Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { FormDialog } from './form-dialog.js';

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
  const [written, setWritten] = useState('');
  return (
    <FormDialog
      opened={opened}
      title={title}
      action={action}
      ready={write === undefined || written === write.word}
      danger
      busy={busy}
      onSubmit={onConfirm}
      onClose={onClose}
    >
      <Text size="sm">{text}</Text>
      {write && (
        <TextInput
          label={write.label}
          value={written}
          onChange={(event) => setWritten(event.currentTarget.value)}
          autoComplete="off"
        />
      )}
    </FormDialog>
  );
}

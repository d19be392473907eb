import { Button, Group, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTexts } from '../i18n/language.js';
import { Dialog } from './dialog.js';

interface FormDialogProps {
  readonly opened?: boolean;
  readonly title: string;
  /** On the button that sends the form; default "Save". */
  readonly action?: string | undefined;
  /** Whether what was filled in can be sent. */
  readonly ready?: boolean;
  /** It can't be undone: the way back has the focus. */
  readonly danger?: boolean;
  readonly busy: boolean;
  readonly onSubmit: () => void;
  readonly onClose: () => void;
  /** The fields; the one to begin with has `data-autofocus`. */
  readonly children: ReactNode;
}

/** Asks for a few things; sends them, or leaves all as it is. */
export function FormDialog(props: FormDialogProps) {
  const { opened = true, title, action, ready = true, danger = false, busy } = props;
  const { onSubmit, onClose, children } = props;
  const t = useTexts();
  return (
    <Dialog opened={opened} onClose={onClose} title={title}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit();
        }}
      >
        <Stack>
          {children}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose} data-autofocus={danger || undefined}>
              {t.common.cancel}
            </Button>
            <Button
              type="submit"
              disabled={!ready}
              loading={busy}
              {...(danger ? { color: 'red.9' } : {})}
            >
              {action ?? t.common.save}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

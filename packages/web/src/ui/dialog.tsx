import { Modal, type ModalProps } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTexts } from '../i18n/language.js';

/** A dialog; once it is closed the focus is where it was before. */
export function Dialog(props: Omit<ModalProps, 'closeButtonProps'>) {
  const t = useTexts();
  return (
    <Modal centered {...props} closeButtonProps={{ 'aria-label': t.common.close }}>
      <FocusBack />
      {props.children}
    </Modal>
  );
}

/** Mantine gives the focus back as a dialog is hidden; most of ours go as a whole. */
function FocusBack() {
  const [before] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      const lost = document.activeElement === null || document.activeElement === document.body;
      if (!lost) return;
      // What opened it may be gone, as a menu is or the person who was deleted.
      const back = before?.isConnected ? before : document.getElementById('content');
      (back as HTMLElement | null)?.focus({ preventScroll: true });
    },
    [before],
  );
  return undefined;
}

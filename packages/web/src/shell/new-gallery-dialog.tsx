import { Modal } from '@mantine/core';
import { useTexts } from '../i18n/language.js';
import { GalleryForm } from './gallery-form.js';

/** Makes another gallery and opens it. */
export function NewGalleryDialog({ onClose }: { onClose: () => void }) {
  const t = useTexts();
  return (
    <Modal
      opened
      onClose={onClose}
      title={t.gallery.create}
      centered
      closeButtonProps={{ 'aria-label': t.common.close }}
    >
      <GalleryForm onDone={onClose} />
    </Modal>
  );
}

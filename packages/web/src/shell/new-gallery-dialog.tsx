import { useTexts } from '../i18n/language.js';
import { Dialog } from '../ui/dialog.js';
import { GalleryForm } from './gallery-form.js';

/** Makes another gallery and opens it. */
export function NewGalleryDialog({ onClose }: { onClose: () => void }) {
  const t = useTexts();
  return (
    <Dialog opened onClose={onClose} title={t.gallery.create}>
      <GalleryForm onDone={onClose} />
    </Dialog>
  );
}

import { Images } from 'lucide-react';
import { useMay } from '../api/queries.js';
import { useTexts } from '../i18n/language.js';
import { EmptyState } from '../ui/empty-state.js';
import { FullScreen } from './full-screen.js';
import { GalleryForm } from './gallery-form.js';

/** What one sees on a new service. */
export function FirstGallery() {
  const t = useTexts();
  const mayCreate = useMay('admin');
  return (
    <FullScreen>
      <EmptyState
        icon={Images}
        title={t.gallery.noneTitle}
        text={mayCreate ? t.gallery.noneText : t.gallery.noneReader}
      >
        {mayCreate && <GalleryForm />}
      </EmptyState>
    </FullScreen>
  );
}

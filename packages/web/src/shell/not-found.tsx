import { Button } from '@mantine/core';
import { Compass } from 'lucide-react';
import { Link } from 'wouter';
import { useTexts } from '../i18n/language.js';
import { EmptyState } from '../ui/empty-state.js';

/** An address that leads nowhere, or to a gallery that is not (or no longer) there. */
export function NotFound({ gallery }: { gallery?: string }) {
  const t = useTexts();
  const title = gallery === undefined ? t.notFound.title : t.gallery.notFound(gallery);
  return (
    <EmptyState icon={Compass} title={title} text={t.notFound.text}>
      <Button component={Link} href="/" variant="default">
        {gallery === undefined ? t.notFound.home : t.gallery.open}
      </Button>
    </EmptyState>
  );
}

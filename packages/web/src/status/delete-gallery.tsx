import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { ask } from '../api/ask.js';
import { useMay } from '../api/queries.js';
import { useClient } from '../api/session.js';
import type { Gallery } from '../api/types.js';
import { useChange } from '../api/use-change.js';
import { useFormat, useTexts } from '../i18n/language.js';
import { ConfirmDialog } from '../ui/confirm-dialog.js';
import { Facts } from './facts.js';

/** Deletes the gallery with everything in it, after its name was written. */
export function DeleteGallery({ gallery }: { gallery: Gallery }) {
  const t = useTexts();
  const format = useFormat();
  const client = useClient();
  const queries = useQueryClient();
  const [, navigate] = useLocation();
  const mayDelete = useMay('admin');
  const [asking, setAsking] = useState(false);
  const remove = useChange(
    () =>
      ask(
        client.DELETE('/v1/galleries/{gallery}', { params: { path: { gallery: gallery.name } } }),
      ),
    {
      onDone: async () => {
        await queries.invalidateQueries({ queryKey: ['galleries'] });
        navigate('/', { replace: true });
      },
    },
  );
  if (!mayDelete) return undefined;
  return (
    <Facts title={t.status.dangerTitle} facts={[]}>
      <div>
        <Button variant="default" c="var(--mantine-color-error)" onClick={() => setAsking(true)}>
          {t.status.deleteGallery}
        </Button>
      </div>
      <ConfirmDialog
        opened={asking}
        title={t.status.deleteTitle(gallery.name)}
        text={t.status.deleteText(t.common.faces(gallery.faces, format.number(gallery.faces)))}
        action={t.status.deleteGallery}
        write={{ word: gallery.name, label: t.status.deleteConfirm(gallery.name) }}
        busy={remove.isPending}
        onConfirm={() => remove.mutate(undefined)}
        onClose={() => setAsking(false)}
      />
    </Facts>
  );
}

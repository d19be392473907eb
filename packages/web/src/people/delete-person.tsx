import { useLocation } from 'wouter';
import { ask } from '../api/ask.js';
import { useClient } from '../api/session.js';
import type { Person } from '../api/types.js';
import { useChange } from '../api/use-change.js';
import { useFormat, useTexts } from '../i18n/language.js';
import { useGalleryName } from '../shell/gallery-context.js';
import { viewPath } from '../shell/views.js';
import { ConfirmDialog } from '../ui/confirm-dialog.js';

/** Deletes a person with all that is kept of them, after asking. */
export function DeletePerson({ person, onClose }: { person: Person; onClose: () => void }) {
  const t = useTexts();
  const format = useFormat();
  const client = useClient();
  const gallery = useGalleryName();
  const [, navigate] = useLocation();
  const remove = useChange(
    () =>
      ask(
        client.DELETE('/v1/galleries/{gallery}/people/{person}', {
          params: { path: { gallery, person: person.id } },
        }),
      ),
    {
      done: ({ faces }) =>
        t.people.deleted(person.name, t.common.faces(faces, format.number(faces))),
      onDone: () => navigate(viewPath(gallery, 'people')),
    },
  );
  return (
    <ConfirmDialog
      opened
      title={t.people.deleteTitle(person.name)}
      text={t.people.deleteText(
        t.common.faces(person.faces, format.number(person.faces)),
        t.common.photos(person.photos, format.number(person.photos)),
      )}
      action={t.common.delete}
      busy={remove.isPending}
      onConfirm={() => remove.mutate(undefined)}
      onClose={onClose}
    />
  );
}

import { Alert, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { ask } from '../api/ask.js';
import { useClient } from '../api/session.js';
import type { Person } from '../api/types.js';
import { useChange } from '../api/use-change.js';
import { useTexts } from '../i18n/language.js';
import { useGalleryName } from '../shell/gallery-context.js';
import { personPath } from '../shell/views.js';
import { FormDialog } from '../ui/form-dialog.js';
import { findByName } from './find-by-name.js';

/** Another name; where somebody has it already, offers to merge the two. */
export function RenamePerson({ person, onClose }: { person: Person; onClose: () => void }) {
  const t = useTexts();
  const client = useClient();
  const gallery = useGalleryName();
  const [, navigate] = useLocation();
  const [name, setName] = useState(person.name);
  const [taken, setTaken] = useState<string>();

  const rename = useChange(
    (to: string) =>
      ask(
        client.PATCH('/v1/galleries/{gallery}/people/{person}', {
          params: { path: { gallery, person: person.id } },
          body: { name: to },
        }),
      ),
    {
      done: (changed) => t.people.renamed(changed.name),
      onDone: onClose,
      onRefused: (error, to) => {
        if (error.code !== 'PERSON_EXISTS') return false;
        setTaken(to);
        return true;
      },
    },
  );
  const merge = useChange(
    async (into: string) => {
      const other = await findByName(into, { client, gallery });
      // Gone meanwhile: the name is free.
      if (other === undefined) return undefined;
      return ask(
        client.POST('/v1/galleries/{gallery}/people/{person}/merge', {
          params: { path: { gallery, person: other.id } },
          body: { people: [person.id] },
        }),
      );
    },
    {
      done: (merged) => merged && t.people.merged(merged.name),
      onDone: (merged) => {
        if (merged === undefined) return setTaken(undefined);
        onClose();
        navigate(personPath(gallery, merged.id), { replace: true });
      },
    },
  );

  return (
    <FormDialog
      title={t.people.renameTitle(person.name)}
      action={taken === undefined ? undefined : t.people.mergeInto(taken)}
      ready={name.trim() !== '' && name.trim() !== person.name}
      busy={rename.isPending || merge.isPending}
      onSubmit={() => (taken === undefined ? rename.mutate(name.trim()) : merge.mutate(taken))}
      onClose={onClose}
    >
      <TextInput
        label={t.people.name}
        value={name}
        onChange={(event) => {
          setName(event.currentTarget.value);
          setTaken(undefined);
        }}
        maxLength={200}
        autoComplete="off"
        data-autofocus
      />
      {taken !== undefined && (
        <Alert
          color="indigo"
          variant="light"
          role="alert"
          title={t.people.existsTitle(taken)}
          styles={{ title: { color: 'var(--mantine-color-text)' } }}
        >
          {t.people.existsText}
        </Alert>
      )}
    </FormDialog>
  );
}

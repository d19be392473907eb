import { Text } from '@mantine/core';
import { useState } from 'react';
import { ask } from '../api/ask.js';
import { useClient } from '../api/session.js';
import type { Person } from '../api/types.js';
import { useChange } from '../api/use-change.js';
import { useTexts } from '../i18n/language.js';
import { useGalleryName } from '../shell/gallery-context.js';
import { FormDialog } from '../ui/form-dialog.js';
import { PersonInput } from '../ui/person-input.js';
import { findByName } from './find-by-name.js';

/** Makes somebody else's faces this person's. */
export function MergePerson({ person, onClose }: { person: Person; onClose: () => void }) {
  const t = useTexts();
  const client = useClient();
  const gallery = useGalleryName();
  const [name, setName] = useState('');
  const [missing, setMissing] = useState(false);
  const merge = useChange(
    async (other: string) => {
      const found = await findByName(other, { client, gallery });
      if (found === undefined) return undefined;
      return ask(
        client.POST('/v1/galleries/{gallery}/people/{person}/merge', {
          params: { path: { gallery, person: person.id } },
          body: { people: [found.id] },
        }),
      );
    },
    { onDone: (merged) => (merged ? onClose() : setMissing(true)) },
  );
  const other = name.trim();
  return (
    <FormDialog
      title={t.people.mergeTitle(person.name)}
      action={t.people.merge}
      ready={other !== '' && other !== person.name}
      busy={merge.isPending}
      onSubmit={() => merge.mutate(other)}
      onClose={onClose}
    >
      <Text size="sm">{t.people.mergeText(person.name)}</Text>
      <PersonInput
        label={t.people.mergeWith}
        value={name}
        onChange={(written) => {
          setName(written);
          setMissing(false);
        }}
        except={person.name}
        error={missing ? t.people.noSuchPerson : undefined}
        data-autofocus
      />
    </FormDialog>
  );
}

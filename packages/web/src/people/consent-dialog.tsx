import { Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { ask } from '../api/ask.js';
import { useMay } from '../api/queries.js';
import { useClient } from '../api/session.js';
import type { Person } from '../api/types.js';
import { useChange } from '../api/use-change.js';
import { useFormat, useTexts } from '../i18n/language.js';
import { useGalleryName } from '../shell/gallery-context.js';
import { FormDialog } from '../ui/form-dialog.js';

/** Until when a person may be kept; the service deletes them after that day. */
export function ConsentDialog({ person, onClose }: { person: Person; onClose: () => void }) {
  const t = useTexts();
  const format = useFormat();
  const client = useClient();
  const gallery = useGalleryName();
  const mayTakeOff = useMay('admin');
  const [day, setDay] = useState(person.consentUntil ? dayOf(person.consentUntil) : '');
  const save = useChange(
    (consentUntil: string | null) =>
      ask(
        client.PATCH('/v1/galleries/{gallery}/people/{person}', {
          params: { path: { gallery, person: person.id } },
          body: { consentUntil },
        }),
      ),
    {
      done: ({ consentUntil }) =>
        consentUntil ? t.people.consentUntil(format.date(consentUntil)) : t.people.consentOpen,
      onDone: onClose,
    },
  );
  return (
    <FormDialog
      title={t.people.consentTitle(person.name)}
      ready={mayTakeOff || day !== ''}
      busy={save.isPending}
      onSubmit={() => save.mutate(day === '' ? null : endOf(day))}
      onClose={onClose}
    >
      <TextInput
        type="date"
        label={t.people.consentLabel}
        description={t.people.consentText}
        required={!mayTakeOff}
        withAsterisk={false}
        value={day}
        min={dayOf(new Date().toISOString())}
        // Browsers take years of six digits, where a date of JavaScript has four.
        max="9999-12-31"
        onChange={(event) => setDay(event.currentTarget.value)}
        data-autofocus
      />
      {mayTakeOff && (
        <Text size="sm" c="dimmed">
          {t.people.consentHint}
        </Text>
      )}
    </FormDialog>
  );
}

/** The user's calendar day of an instant, as an `<input type=date>` has it. */
function dayOf(iso: string): string {
  // Sweden writes dates so.
  return new Date(iso).toLocaleDateString('sv-SE');
}

/** The last second of a day of the user's calendar. */
function endOf(day: string): string {
  return new Date(`${day}T23:59:59`).toISOString();
}

import { Button, Group, Text } from '@mantine/core';
import { useState } from 'react';
import { apiErrorOf, ask } from '../api/ask.js';
import { useMay } from '../api/queries.js';
import { useClient } from '../api/session.js';
import type { Person } from '../api/types.js';
import { useChange } from '../api/use-change.js';
import { useTexts } from '../i18n/language.js';
import { useGalleryName } from '../shell/gallery-context.js';
import { ConfirmDialog } from '../ui/confirm-dialog.js';
import { FormDialog } from '../ui/form-dialog.js';
import { PersonInput } from '../ui/person-input.js';

interface FaceActionsProps {
  readonly person: Person;
  readonly selected: ReadonlySet<number>;
  readonly onDone: () => void;
}

/** What can be done with faces that were selected: give them to somebody, to nobody, delete them. */
export function FaceActions({ person, selected, onDone }: FaceActionsProps) {
  const t = useTexts();
  const client = useClient();
  const gallery = useGalleryName();
  const mayDelete = useMay('admin');
  const [dialog, setDialog] = useState<'move' | 'delete'>();
  const [name, setName] = useState('');
  const count = selected.size;
  const finish = () => {
    setDialog(undefined);
    onDone();
  };

  const move = useChange(
    (to: string | null) =>
      ask(
        client.POST('/v1/galleries/{gallery}/faces/name', {
          params: { path: { gallery } },
          body: { faces: [...selected], person: to },
        }),
      ),
    {
      done: ({ faces }) => {
        const moved = faces[0]?.person;
        return moved ? t.people.moved(count, moved.name) : t.people.splitDone(count);
      },
      onDone: finish,
    },
  );
  const remove = useChange(
    async () => {
      for (const face of selected) {
        await ask(
          client.DELETE('/v1/galleries/{gallery}/faces/{face}', {
            params: { path: { gallery, face } },
          }),
        ).catch((error) => {
          // Somebody else was faster, or this is tried again.
          if (apiErrorOf(error).problem.status !== 404) throw error;
        });
      }
    },
    { done: () => t.people.facesDeleted(count), onDone: finish },
  );

  return (
    <>
      <Group gap="xs" role="toolbar" aria-label={t.common.selected(count)}>
        <Text size="sm" fw={500} role="status">
          {t.common.selected(count)}
        </Text>
        <Button size="xs" variant="default" onClick={() => setDialog('move')}>
          {t.people.move}
        </Button>
        <Button
          size="xs"
          variant="default"
          loading={move.isPending}
          onClick={() => move.mutate(null)}
        >
          {t.people.split}
        </Button>
        {mayDelete && (
          <Button
            size="xs"
            variant="default"
            c="var(--mantine-color-error)"
            onClick={() => setDialog('delete')}
          >
            {t.people.deleteFaces}
          </Button>
        )}
        <Button size="xs" variant="subtle" onClick={onDone}>
          {t.common.clearSelection}
        </Button>
      </Group>
      <FormDialog
        opened={dialog === 'move'}
        title={t.people.moveTitle(count)}
        action={t.people.moveAction}
        ready={name.trim() !== '' && name.trim() !== person.name}
        busy={move.isPending}
        onSubmit={() => move.mutate(name.trim())}
        onClose={() => setDialog(undefined)}
      >
        <Text size="sm">{t.people.moveText}</Text>
        <PersonInput
          label={t.people.moveTo}
          value={name}
          onChange={setName}
          except={person.name}
          data-autofocus
        />
      </FormDialog>
      <ConfirmDialog
        opened={dialog === 'delete'}
        title={t.people.deleteFacesTitle(count)}
        text={t.people.deleteFacesText}
        action={t.common.delete}
        busy={remove.isPending}
        onConfirm={() => remove.mutate(undefined)}
        onClose={() => setDialog(undefined)}
      />
    </>
  );
}

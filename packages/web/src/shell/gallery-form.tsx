import { Button, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { ask } from '../api/ask.js';
import { useClient } from '../api/session.js';
import { useTexts } from '../i18n/language.js';
import { ProblemAlert } from '../ui/problem-alert.js';
import { viewPath } from './views.js';

const NAME = /^[a-z0-9][a-z0-9_-]{0,62}$/;

/** Makes a gallery and opens it where photos are enrolled. */
export function GalleryForm({ onDone }: { onDone?: () => void }) {
  const t = useTexts();
  const client = useClient();
  const queries = useQueryClient();
  const [, navigate] = useLocation();
  const [name, setName] = useState('');
  const create = useMutation({
    mutationFn: (body: { name: string }) => ask(client.POST('/v1/galleries', { body })),
    onSuccess: async (gallery) => {
      await queries.invalidateQueries({ queryKey: ['galleries'] });
      navigate(viewPath(gallery.name, 'enrol'));
      onDone?.();
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        create.mutate({ name });
      }}
    >
      <Stack gap="sm" ta="start">
        <TextInput
          label={t.gallery.name}
          description={t.gallery.nameHint}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={name !== '' && !NAME.test(name)}
          maxLength={63}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
        />
        {create.error && <ProblemAlert error={create.error} />}
        <Button type="submit" disabled={!NAME.test(name)} loading={create.isPending}>
          {t.gallery.create}
        </Button>
      </Stack>
    </form>
  );
}

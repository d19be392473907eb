import { Button, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import { useSession } from '../api/session.js';
import { useTexts } from '../i18n/language.js';

/** Asks for an API key. A key that is here already was refused. */
export function KeyEntry() {
  const t = useTexts();
  const { key, setKey } = useSession();
  const [written, setWritten] = useState('');
  useDocumentTitle(`${t.key.label} · facedex`);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (written.trim() !== '') setKey(written.trim());
      }}
    >
      <Stack>
        <KeyRound size={28} strokeWidth={1.6} aria-hidden />
        <Title order={1}>{t.key.title}</Title>
        <Text size="sm" c="dimmed">
          {t.key.text}
        </Text>
        <PasswordInput
          label={t.key.label}
          placeholder="fdx_…"
          value={written}
          onChange={(event) => setWritten(event.currentTarget.value)}
          error={key !== undefined && written === '' ? t.key.wrong : undefined}
          autoComplete="off"
          data-autofocus
        />
        <Button type="submit" disabled={written.trim() === ''}>
          {t.key.submit}
        </Button>
      </Stack>
    </form>
  );
}

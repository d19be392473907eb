import { Alert } from '@mantine/core';
import { CircleAlert } from 'lucide-react';
import { apiErrorOf } from '../api/ask.js';
import { useTexts } from '../i18n/language.js';

/** What went wrong with something that the user did, beside it. */
export function ProblemAlert({ error }: { error: unknown }) {
  const t = useTexts();
  const { code, problem, message } = apiErrorOf(error);
  return (
    <Alert
      color="red"
      variant="light"
      icon={<CircleAlert size={18} aria-hidden />}
      title={t.problems[code] ?? problem.title}
      role="alert"
      styles={{ title: { color: 'var(--mantine-color-error)' } }}
    >
      {message}
    </Alert>
  );
}

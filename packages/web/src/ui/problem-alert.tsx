import { Alert } from '@mantine/core';
import { CircleAlert } from 'lucide-react';
import { useProblemWords } from '../i18n/language.js';
import { ProblemText } from './problem-text.js';

/** What went wrong with something that the user did, beside it. */
export function ProblemAlert({ error }: { error: unknown }) {
  const words = useProblemWords()(error);
  return (
    <Alert
      color="red"
      variant="light"
      icon={<CircleAlert size={18} aria-hidden />}
      title={words.title}
      role="alert"
      styles={{ title: { color: 'var(--mantine-color-error)' } }}
    >
      <ProblemText {...words} />
    </Alert>
  );
}

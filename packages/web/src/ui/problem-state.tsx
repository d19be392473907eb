import { Button } from '@mantine/core';
import { CircleAlert, CloudOff } from 'lucide-react';
import { apiErrorOf } from '../api/ask.js';
import { useProblemWords, useTexts } from '../i18n/language.js';
import { EmptyState } from './empty-state.js';
import { ProblemText } from './problem-text.js';

/** What the same request would meet again: about the request itself, not about the moment. */
const LASTING = new Set([400, 403, 413, 415, 422]);

/** What went wrong with loading, in place of what would be shown. */
export function ProblemState({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const t = useTexts();
  const { code, problem } = apiErrorOf(error);
  const words = useProblemWords()(error);
  return (
    <EmptyState
      icon={code === 'OFFLINE' ? CloudOff : CircleAlert}
      title={words.title}
      text={<ProblemText {...words} />}
      role="alert"
    >
      {onRetry && !LASTING.has(problem.status) && (
        <Button variant="default" onClick={onRetry}>
          {t.common.retry}
        </Button>
      )}
    </EmptyState>
  );
}

import { Text } from '@mantine/core';
import type { ProblemWords } from '../i18n/problem-words.js';

/** What to do about a problem, and the service's own words, which are English. */
export function ProblemText({ advice, detail }: ProblemWords) {
  return (
    <>
      {advice}
      {detail !== undefined && (
        <Text span display="block" size="xs" c="dimmed" mt={advice ? 4 : 0} lang="en">
          {detail}
        </Text>
      )}
    </>
  );
}

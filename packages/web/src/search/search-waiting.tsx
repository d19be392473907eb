import { Skeleton, Stack } from '@mantine/core';
import { useTexts } from '../i18n/language.js';

/** Where the results will be. */
export function SearchWaiting() {
  const t = useTexts();
  return (
    <Stack role="status" aria-label={t.common.loading}>
      <Skeleton height={76} />
      <Skeleton height={76} />
      <Skeleton height={300} />
    </Stack>
  );
}

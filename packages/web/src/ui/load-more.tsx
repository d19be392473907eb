import { Button, Center, Stack } from '@mantine/core';
import { useIntersection } from '@mantine/hooks';
import type { UseInfiniteQueryResult } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useTexts } from '../i18n/language.js';
import { ProblemAlert } from './problem-alert.js';

interface LoadMoreProps {
  readonly list: Pick<
    UseInfiniteQueryResult,
    'hasNextPage' | 'isFetchingNextPage' | 'isFetchNextPageError' | 'error' | 'fetchNextPage'
  >;
}

/** The end of a list: the next page is loaded when it comes into sight, or by its button. */
export function LoadMore({ list }: LoadMoreProps) {
  const t = useTexts();
  const { hasNextPage, isFetchingNextPage: loading, isFetchNextPageError: failed } = list;
  const { ref, entry } = useIntersection({ rootMargin: '300px' });
  const seen = entry?.isIntersecting ?? false;
  // One that failed is asked for again by its button only: it stays in sight.
  const next = seen && hasNextPage && !loading && !failed;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the list is another object each time
  useEffect(() => {
    if (next) void list.fetchNextPage();
  }, [next]);
  if (!hasNextPage) return undefined;
  return (
    <Center ref={ref} py="lg">
      <Stack>
        {failed && <ProblemAlert error={list.error} />}
        <Center>
          <Button variant="default" loading={loading} onClick={() => void list.fetchNextPage()}>
            {failed ? t.common.retry : t.common.more}
          </Button>
        </Center>
      </Stack>
    </Center>
  );
}

import { Button, Center } from '@mantine/core';
import { useIntersection } from '@mantine/hooks';
import { useEffect } from 'react';
import { useTexts } from '../i18n/language.js';

interface LoadMoreProps {
  readonly hasMore: boolean;
  readonly loading: boolean;
  readonly onMore: () => unknown;
}

/** The end of a list: the next page is loaded when it comes into sight, or by its button. */
export function LoadMore({ hasMore, loading, onMore }: LoadMoreProps) {
  const t = useTexts();
  const { ref, entry } = useIntersection({ rootMargin: '300px' });
  const seen = entry?.isIntersecting ?? false;
  // biome-ignore lint/correctness/useExhaustiveDependencies: onMore is another function each time
  useEffect(() => {
    if (seen && hasMore && !loading) onMore();
  }, [seen, hasMore, loading]);
  if (!hasMore) return undefined;
  return (
    <Center ref={ref} py="lg">
      <Button variant="default" loading={loading} onClick={() => onMore()}>
        {t.common.more}
      </Button>
    </Center>
  );
}

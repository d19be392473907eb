import { Center, Loader, VisuallyHidden } from '@mantine/core';
import { useTexts } from '../i18n/language.js';

export function Loading({ height = 240 }: { height?: number | string }) {
  const t = useTexts();
  return (
    <Center h={height} role="status">
      <Loader size="sm" aria-hidden />
      <VisuallyHidden>{t.common.loading}</VisuallyHidden>
    </Center>
  );
}

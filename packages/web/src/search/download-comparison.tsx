import { form } from '@facedex/client';
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { ask } from '../api/ask.js';
import { checkReadable } from '../api/check-readable.js';
import { useClient } from '../api/session.js';
import { useTexts } from '../i18n/language.js';
import { useProblemNotice } from '../ui/use-problem-notice.js';

interface DownloadComparisonProps {
  readonly gallery: string;
  readonly picture: File;
  readonly options: { readonly faceIndex: number; readonly k: number; readonly threshold: number };
}

/** Saves the picture that shows the probe beside its nearest faces. */
export function DownloadComparison({ gallery, picture, options }: DownloadComparisonProps) {
  const t = useTexts();
  const client = useClient();
  const notice = useProblemNotice();
  const draw = useMutation({
    mutationFn: async () => {
      await checkReadable(picture);
      const drawn: unknown = await ask(
        client.POST('/v1/galleries/{gallery}/compare', {
          params: { path: { gallery } },
          ...form({ ...options, format: 'jpeg' as const, photo: picture }),
          parseAs: 'blob',
        }),
      );
      return drawn as Blob;
    },
    onSuccess: (drawn) => save(drawn, 'compare.jpg'),
    onError: notice,
  });
  return (
    <Button
      variant="default"
      size="xs"
      leftSection={<Download size={15} aria-hidden />}
      loading={draw.isPending}
      onClick={() => draw.mutate()}
    >
      {t.search.download}
    </Button>
  );
}

function save(file: Blob, name: string): void {
  const url = URL.createObjectURL(file);
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
  // The browser reads it after this returns.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

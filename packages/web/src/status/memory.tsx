import { useQuery } from '@tanstack/react-query';
import { ask } from '../api/ask.js';
import { useClient } from '../api/session.js';
import type { Gallery } from '../api/types.js';
import { useFormat, useTexts } from '../i18n/language.js';
import { Facts } from './facts.js';
import { processMemory } from './process-memory.js';

/** What the gallery and the service take. */
export function Memory({ gallery }: { gallery: Gallery }) {
  const t = useTexts();
  const format = useFormat();
  const client = useClient();
  const metrics = useQuery({
    queryKey: [gallery.name, 'metrics'],
    queryFn: async ({ signal }) => {
      const text: unknown = await ask(client.GET('/metrics', { parseAs: 'text', signal }));
      return processMemory(String(text)) ?? null;
    },
    refetchInterval: 5000,
    retry: false,
  });
  return (
    <Facts
      title={t.status.memory}
      facts={[
        ...(metrics.data ? [[t.status.processMemory, format.bytes(metrics.data)] as const] : []),
        [t.status.vectors, format.bytes(gallery.index.vectorBytes * gallery.index.size)],
        [t.status.indexFile, format.bytes(gallery.index.fileBytes)],
        [t.status.database, format.bytes(gallery.databaseBytes)],
      ]}
    />
  );
}

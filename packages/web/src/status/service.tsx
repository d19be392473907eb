import { Anchor } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ask } from '../api/ask.js';
import { useMe } from '../api/queries.js';
import { useClient } from '../api/session.js';
import type { Gallery } from '../api/types.js';
import { useFormat, useTexts } from '../i18n/language.js';
import { Facts } from './facts.js';

/** The service itself, as far as it concerns users. */
export function Service({ gallery }: { gallery: Gallery }) {
  const t = useTexts();
  const format = useFormat();
  const client = useClient();
  const me = useMe().data;
  const version = useQuery({
    queryKey: ['version'],
    queryFn: ({ signal }) => ask(client.GET('/version', { signal })),
  });
  const ready = useQuery({
    queryKey: ['ready'],
    queryFn: ({ signal }) => ask(client.GET('/ready', { signal })),
    refetchInterval: 10_000,
    retry: false,
  });
  return (
    <Facts
      title={t.status.service}
      facts={[
        [t.status.state, ready.data ? t.status.ready : ready.error ? t.status.notReady : '…'],
        [t.status.version, version.data?.version ?? '…'],
        [t.status.writable, gallery.canWrite ? t.status.canWrite : t.status.readOnly],
        [t.status.keepsPhotos, me?.keepsPhotos ? t.status.yes : t.status.no],
        [t.status.created, format.date(gallery.createdAt)],
      ]}
    >
      <Anchor href="/docs/" target="_blank" rel="noreferrer" size="sm">
        {t.header.apiReference}
      </Anchor>
    </Facts>
  );
}

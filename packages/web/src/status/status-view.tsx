import { Anchor, Button, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Gauge } from 'lucide-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { ask } from '../api/ask.js';
import { useGallery, useMay, useMe } from '../api/queries.js';
import { useClient } from '../api/session.js';
import type { Gallery } from '../api/types.js';
import { useChange } from '../api/use-change.js';
import { useFormat, useTexts } from '../i18n/language.js';
import { useGalleryName } from '../shell/gallery-context.js';
import { ConfirmDialog } from '../ui/confirm-dialog.js';
import { Loading } from '../ui/loading.js';
import { PageHeader } from '../ui/page-header.js';
import { Panel } from '../ui/panel.js';
import { ProblemAlert } from '../ui/problem-alert.js';
import { ProblemState } from '../ui/problem-state.js';
import { Facts } from './facts.js';
import { measureSearch } from './measure-search.js';
import { processMemory } from './process-memory.js';

/** How large the gallery is, how it is searched, and how the service does. */
export function StatusView() {
  const t = useTexts();
  const gallery = useGallery();
  return (
    <>
      <PageHeader title={t.status.title} />
      {gallery.data ? (
        <Status gallery={gallery.data} />
      ) : gallery.error ? (
        <ProblemState error={gallery.error} onRetry={() => void gallery.refetch()} />
      ) : (
        <Loading />
      )}
    </>
  );
}

function Status({ gallery }: { gallery: Gallery }) {
  const t = useTexts();
  const format = useFormat();
  const { index } = gallery;
  const counts = [
    [t.status.people, gallery.people],
    [t.status.photos, gallery.photos],
    [t.status.faces, gallery.faces],
    [t.status.unnamed, gallery.unnamedFaces],
  ] as const;
  return (
    <Stack>
      <SimpleGrid cols={{ base: 2, sm: 4 }}>
        {counts.map(([label, count]) => (
          <Panel key={label}>
            <Text size="sm" c="dimmed">
              {label}
            </Text>
            <Text fz={26} fw={600} lh={1.3}>
              {format.number(count)}
            </Text>
          </Panel>
        ))}
      </SimpleGrid>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Stack>
          <Facts
            title={t.status.index}
            facts={[
              [t.status.indexKind, index.factory, index.why],
              [t.status.indexSize, format.number(index.size)],
              [
                t.status.recall,
                index.recall === null ? t.status.recallExact : format.percent(index.recall, 2),
                t.status.recallHint,
              ],
              [t.status.model, gallery.model],
              [t.status.dimension, format.number(gallery.dimension)],
              [
                t.status.threshold,
                gallery.threshold === null
                  ? t.status.thresholdNone
                  : format.distance(gallery.threshold),
              ],
            ]}
          />
          <Service gallery={gallery} />
        </Stack>
        <Stack>
          <Speed />
          <Memory gallery={gallery} />
          <Danger gallery={gallery} />
        </Stack>
      </SimpleGrid>
    </Stack>
  );
}

function Speed() {
  const t = useTexts();
  const format = useFormat();
  const client = useClient();
  const gallery = useGalleryName();
  const measure = useMutation({ mutationFn: () => measureSearch(client, gallery) });
  return (
    <Facts
      title={t.status.speed}
      facts={
        measure.data
          ? [
              [t.status.searchTime, format.duration(measure.data.searchMs)],
              [t.status.roundTrip, format.duration(measure.data.roundTripMs)],
            ]
          : []
      }
    >
      {measure.error && <ProblemAlert error={measure.error} />}
      <Group justify="space-between" gap="xs">
        <Text size="sm" c="dimmed">
          {t.status.measureText}
        </Text>
        <Button
          size="xs"
          variant="default"
          leftSection={<Gauge size={15} aria-hidden />}
          loading={measure.isPending}
          onClick={() => measure.mutate()}
        >
          {t.status.measure}
        </Button>
      </Group>
    </Facts>
  );
}

function Memory({ gallery }: { gallery: Gallery }) {
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

function Service({ gallery }: { gallery: Gallery }) {
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

function Danger({ gallery }: { gallery: Gallery }) {
  const t = useTexts();
  const format = useFormat();
  const client = useClient();
  const queries = useQueryClient();
  const [, navigate] = useLocation();
  const mayDelete = useMay('admin');
  const [asking, setAsking] = useState(false);
  const remove = useChange(
    () =>
      ask(
        client.DELETE('/v1/galleries/{gallery}', { params: { path: { gallery: gallery.name } } }),
      ),
    {
      onDone: async () => {
        await queries.invalidateQueries({ queryKey: ['galleries'] });
        navigate('/', { replace: true });
      },
    },
  );
  if (!mayDelete) return undefined;
  return (
    <Facts title={t.status.dangerTitle} facts={[]}>
      <div>
        <Button variant="default" c="var(--mantine-color-error)" onClick={() => setAsking(true)}>
          {t.status.deleteGallery}
        </Button>
      </div>
      <ConfirmDialog
        opened={asking}
        title={t.status.deleteTitle(gallery.name)}
        text={t.status.deleteText(t.common.faces(gallery.faces, format.number(gallery.faces)))}
        action={t.status.deleteGallery}
        write={{ word: gallery.name, label: t.status.deleteConfirm(gallery.name) }}
        busy={remove.isPending}
        onConfirm={() => remove.mutate(undefined)}
        onClose={() => setAsking(false)}
      />
    </Facts>
  );
}

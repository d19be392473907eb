import { SimpleGrid, Stack, Text } from '@mantine/core';
import { useGallery } from '../api/queries.js';
import type { Gallery } from '../api/types.js';
import { useFormat, useTexts } from '../i18n/language.js';
import { Loading } from '../ui/loading.js';
import { PageHeader } from '../ui/page-header.js';
import { Panel } from '../ui/panel.js';
import { ProblemState } from '../ui/problem-state.js';
import { DeleteGallery } from './delete-gallery.js';
import { Facts } from './facts.js';
import { Memory } from './memory.js';
import { Service } from './service.js';
import { Speed } from './speed.js';

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
              [t.status.indexKind, index.factory, t.status.indexKinds[kindOf(index.factory)]],
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
          <DeleteGallery gallery={gallery} />
        </Stack>
      </SimpleGrid>
    </Stack>
  );
}

/** Of an index in FAISS's words, such as `IVF4096_HNSW32,SQ8`, how it searches. */
function kindOf(factory: string): 'flat' | 'ivf' | 'hnsw' {
  if (/\bIVF\d/.test(factory)) return 'ivf';
  return factory.includes('HNSW') ? 'hnsw' : 'flat';
}

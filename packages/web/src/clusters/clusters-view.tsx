import { Button, Group, Progress, SimpleGrid, Skeleton, Switch, Text } from '@mantine/core';
import { Waypoints } from 'lucide-react';
import { useState } from 'react';
import { ask } from '../api/ask.js';
import { useClusters, useMay } from '../api/queries.js';
import { useClient } from '../api/session.js';
import { useChange } from '../api/use-change.js';
import { useTexts } from '../i18n/language.js';
import { useGalleryName } from '../shell/gallery-context.js';
import { EmptyState } from '../ui/empty-state.js';
import { LoadMore } from '../ui/load-more.js';
import { PageHeader } from '../ui/page-header.js';
import { Panel } from '../ui/panel.js';
import { ProblemState } from '../ui/problem-state.js';
import { selectedOf, toggled } from '../ui/toggled.js';
import { ClusterCard } from './cluster-card.js';
import classes from './clusters-view.module.css';
import { useClusterJob } from './use-cluster-job.js';

const COLUMNS = { base: 1, xs: 2, md: 3 };

/** Groups of faces that nobody has named yet: look over and name. */
export function ClustersView() {
  const t = useTexts();
  const client = useClient();
  const gallery = useGalleryName();
  const mayEnrol = useMay('enrol');
  const [unnamed, setUnnamed] = useState(true);
  const [picked, setPicked] = useState<ReadonlySet<number>>(new Set());
  const clusters = useClusters({ unnamed });
  const { job, start, cancel } = useClusterJob();
  const shown = clusters.data?.pages.flatMap(({ items }) => items) ?? [];
  // In the order shown: the largest takes the others in.
  const selected = selectedOf(
    shown.map((cluster) => cluster.id),
    picked,
  );

  const merge = useChange(
    ([into, ...others]: number[]) =>
      ask(
        client.POST('/v1/galleries/{gallery}/clusters/{cluster}/merge', {
          params: { path: { gallery, cluster: into! } },
          body: { clusters: others },
        }),
      ),
    { done: () => t.clusters.merged, onDone: () => setPicked(new Set()) },
  );

  const runButton = mayEnrol && (
    <Button loading={start.isPending} onClick={() => start.mutate(undefined)}>
      {t.clusters.run}
    </Button>
  );

  return (
    <>
      <PageHeader title={t.clusters.title} text={t.clusters.text}>
        <Switch
          checked={unnamed}
          onChange={(event) => setUnnamed(event.currentTarget.checked)}
          label={t.clusters.unnamedOnly}
        />
        {!job && shown.length > 0 && runButton}
      </PageHeader>
      {job && (
        <Panel mb="md">
          <Group justify="space-between" mb="xs" wrap="nowrap">
            <Text size="sm" fw={500} role="status">
              {t.clusters.running}
            </Text>
            <Button size="xs" variant="default" onClick={() => cancel.mutate(job.id)}>
              {t.clusters.stop}
            </Button>
          </Group>
          <Progress
            aria-label={t.clusters.running}
            value={job.total ? (100 * job.done) / job.total : 100}
            animated
          />
        </Panel>
      )}
      {selected.size > 1 && (
        <Group className={classes.selection} gap="xs">
          <Button size="xs" loading={merge.isPending} onClick={() => merge.mutate([...selected])}>
            {t.clusters.mergeSelected(selected.size)}
          </Button>
          <Button size="xs" variant="subtle" onClick={() => setPicked(new Set())}>
            {t.common.clearSelection}
          </Button>
        </Group>
      )}
      {clusters.error && shown.length === 0 ? (
        <ProblemState error={clusters.error} onRetry={() => void clusters.refetch()} />
      ) : clusters.isPending ? (
        <SimpleGrid cols={COLUMNS} role="status" aria-label={t.common.loading}>
          {Array.from({ length: 6 }, (_, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
            <Skeleton key={index} height={190} />
          ))}
        </SimpleGrid>
      ) : shown.length === 0 ? (
        !job && (
          <Panel>
            <EmptyState icon={Waypoints} title={t.clusters.emptyTitle} text={t.clusters.emptyText}>
              {runButton}
            </EmptyState>
          </Panel>
        )
      ) : (
        <SimpleGrid cols={COLUMNS} component="ul" className={classes.list}>
          {shown.map((cluster) => (
            <li key={cluster.id}>
              <ClusterCard
                cluster={cluster}
                selected={selected.has(cluster.id)}
                onSelect={mayEnrol ? () => setPicked(toggled(selected, cluster.id)) : undefined}
              />
            </li>
          ))}
        </SimpleGrid>
      )}
      <LoadMore list={clusters} />
    </>
  );
}

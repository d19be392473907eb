import { Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { ask } from '../api/ask.js';
import { useFaces, useMay } from '../api/queries.js';
import { useClient } from '../api/session.js';
import type { Cluster } from '../api/types.js';
import { useChange } from '../api/use-change.js';
import { useTexts } from '../i18n/language.js';
import { useGalleryName } from '../shell/gallery-context.js';
import { Dialog } from '../ui/dialog.js';
import { FaceGrid } from '../ui/face-grid.js';
import { LoadMore } from '../ui/load-more.js';
import { Loading } from '../ui/loading.js';
import { ProblemState } from '../ui/problem-state.js';
import { selectedOf } from '../ui/toggled.js';

interface ClusterDialogProps {
  readonly cluster: Cluster;
  readonly title: string;
  readonly onClose: () => void;
}

/** All faces of a cluster; those that don't belong are split off or taken out. */
export function ClusterDialog({ cluster, title, onClose }: ClusterDialogProps) {
  const t = useTexts();
  const client = useClient();
  const gallery = useGalleryName();
  const mayEnrol = useMay('enrol');
  const faces = useFaces({ cluster: cluster.id });
  const [picked, setPicked] = useState<ReadonlySet<number>>(new Set());
  const shown = faces.data?.pages.flatMap(({ items }) => items) ?? [];
  const selected = selectedOf(
    shown.map((face) => face.id),
    picked,
  );
  const count = selected.size;
  const deselect = () => setPicked(new Set());

  const split = useChange(
    () =>
      ask(
        client.POST('/v1/galleries/{gallery}/clusters/move', {
          params: { path: { gallery } },
          body: { faces: [...selected], cluster: null },
        }),
      ),
    { done: () => t.clusters.splitDone, onDone: deselect },
  );
  const reject = useChange(
    () =>
      ask(
        client.POST('/v1/galleries/{gallery}/clusters/reject', {
          params: { path: { gallery } },
          body: { faces: [...selected] },
        }),
      ),
    { done: () => t.clusters.rejected(count), onDone: deselect },
  );

  return (
    <Dialog opened onClose={onClose} size="xl" centered={false} title={title}>
      <Stack gap="sm">
        {mayEnrol && (
          <Group justify="space-between" mih={30}>
            <Text size="sm" c={count > 0 ? 'inherit' : 'dimmed'} role="status">
              {count > 0 ? t.common.selected(count) : t.clusters.reviewHint}
            </Text>
            {count > 0 && (
              <Group gap="xs">
                <Button
                  size="xs"
                  variant="default"
                  loading={split.isPending}
                  disabled={count === cluster.faces}
                  onClick={() => split.mutate(undefined)}
                >
                  {t.clusters.splitOff}
                </Button>
                <Button
                  size="xs"
                  variant="default"
                  loading={reject.isPending}
                  onClick={() => reject.mutate(undefined)}
                >
                  {t.clusters.reject}
                </Button>
              </Group>
            )}
          </Group>
        )}
        {faces.error && shown.length === 0 ? (
          <ProblemState error={faces.error} onRetry={() => void faces.refetch()} />
        ) : faces.isPending ? (
          <Loading />
        ) : (
          <FaceGrid faces={shown} selected={selected} onSelect={mayEnrol ? setPicked : undefined} />
        )}
        <LoadMore list={faces} />
      </Stack>
    </Dialog>
  );
}

import { ActionIcon, Button, Checkbox, Group, Stack, Text, UnstyledButton } from '@mantine/core';
import { Check } from 'lucide-react';
import { useState } from 'react';
import { ask } from '../api/ask.js';
import { facePicture } from '../api/picture-urls.js';
import { useFaces, useMay } from '../api/queries.js';
import { useClient } from '../api/session.js';
import type { Cluster } from '../api/types.js';
import { useChange } from '../api/use-change.js';
import { useFormat, useTexts } from '../i18n/language.js';
import { useGalleryName } from '../shell/gallery-context.js';
import { Panel } from '../ui/panel.js';
import { PersonInput } from '../ui/person-input.js';
import { Picture } from '../ui/picture.js';
import { ClusterDialog } from './cluster-dialog.js';
import classes from './clusters-view.module.css';

/** Faces that a card shows; the rest are in the dialog. */
const SHOWN = 8;

interface ClusterCardProps {
  readonly cluster: Cluster;
  readonly selected: boolean;
  readonly onSelect: (() => void) | undefined;
}

/** Some faces of a cluster, and the place to name it. */
export function ClusterCard({ cluster, selected, onSelect }: ClusterCardProps) {
  const t = useTexts();
  const format = useFormat();
  const client = useClient();
  const gallery = useGalleryName();
  const mayEnrol = useMay('enrol');
  const saved = cluster.person?.name ?? '';
  const [name, setName] = useState(saved);
  // Named elsewhere meanwhile, or renamed: what stands here would name it back.
  const [lastSaved, setLastSaved] = useState(saved);
  if (saved !== lastSaved) {
    setLastSaved(saved);
    setName(saved);
  }
  const [reviewing, setReviewing] = useState(false);
  const faces = useFaces({ cluster: cluster.id }, { limit: SHOWN });
  const shown = faces.data?.pages[0]?.items ?? [];
  const title = cluster.person?.name ?? t.clusters.cluster(cluster.id);

  const save = useChange(
    (person: string | null) =>
      ask(
        client.PATCH('/v1/galleries/{gallery}/clusters/{cluster}', {
          params: { path: { gallery, cluster: cluster.id } },
          body: { person },
        }),
      ),
    { done: () => (written === '' ? t.clusters.nameGone : t.clusters.named(written)) },
  );
  const written = name.trim();
  const changed = written !== saved;

  return (
    <Panel h="100%">
      <Stack gap="sm" h="100%" justify="space-between">
        <Group justify="space-between" wrap="nowrap" gap="xs">
          <div style={{ minWidth: 0 }}>
            <Text fw={600} size="sm" truncate dir="auto" ta="left">
              {title}
            </Text>
            <Text size="xs" c="dimmed">
              {t.common.faces(cluster.faces, format.number(cluster.faces))}
              {cluster.confirmed > 0 && ` · ${t.clusters.confirmed(cluster.confirmed)}`}
            </Text>
          </div>
          {onSelect && (
            <Checkbox
              checked={selected}
              onChange={onSelect}
              aria-label={t.clusters.selectCluster(cluster.id)}
            />
          )}
        </Group>
        <UnstyledButton
          className={classes.faces}
          onClick={() => setReviewing(true)}
          aria-label={t.clusters.reviewTitle(title)}
        >
          {shown.map((face) => (
            <Picture key={face.id} src={facePicture(gallery, face.id, 128)} alt="" kind="face" />
          ))}
          {faces.isPending &&
            Array.from({ length: Math.min(cluster.faces, SHOWN) }, (_, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
              <Picture key={index} src={undefined} alt="" kind="face" />
            ))}
        </UnstyledButton>
        {mayEnrol ? (
          <form
            onSubmit={(event) => {
              event.preventDefault();
              if (changed) save.mutate(written === '' ? null : written);
            }}
          >
            <Group gap="xs" wrap="nowrap">
              <PersonInput
                aria-label={t.clusters.nameLabel(cluster.id)}
                placeholder={t.clusters.namePlaceholder}
                value={name}
                onChange={setName}
                style={{ flex: 1 }}
              />
              <ActionIcon
                type="submit"
                size={36}
                aria-label={t.common.save}
                disabled={!changed}
                loading={save.isPending}
              >
                <Check size={18} aria-hidden />
              </ActionIcon>
            </Group>
          </form>
        ) : (
          <Button size="xs" variant="default" onClick={() => setReviewing(true)}>
            {t.clusters.review}
          </Button>
        )}
      </Stack>
      {reviewing && (
        <ClusterDialog cluster={cluster} title={title} onClose={() => setReviewing(false)} />
      )}
    </Panel>
  );
}

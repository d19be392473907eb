import { Button, Group, SegmentedControl, Slider, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { ask } from '../api/ask.js';
import { useGallery } from '../api/queries.js';
import { useClient } from '../api/session.js';
import { useFormat, useTexts } from '../i18n/language.js';
import { useGalleryName } from '../shell/gallery-context.js';
import { Loading } from '../ui/loading.js';
import { Panel } from '../ui/panel.js';
import { ProblemState } from '../ui/problem-state.js';
import { DownloadComparison } from './download-comparison.js';
import { FaceMatches, PeopleMatches } from './matches.js';
import { rankFaces, rankPeople, verdictOf } from './rank.js';
import classes from './search-results.module.css';
import { SearchWaiting } from './search-waiting.js';
import { VerdictBanner } from './verdict-banner.js';

/** Asked for once, so that the sliders need no request. */
const MOST_RESULTS = 50;

type Grouping = 'face' | 'person';

interface SearchResultsProps {
  readonly picture: File;
  /** Which face of the picture. */
  readonly faceIndex: number;
  readonly embedding: readonly number[];
}

/** Who is near a face, under the threshold and the count that the user sets. */
export function SearchResults({ picture, faceIndex, embedding }: SearchResultsProps) {
  const t = useTexts();
  const format = useFormat();
  const gallery = useGalleryName();
  const faces = useGallery().data?.faces;
  const [grouping, setGrouping] = useState<Grouping>('face');
  const [k, setK] = useState(10);
  const [chosen, setThreshold] = useState<number>();
  const byFace = useSearch('face', embedding);
  const byPerson = useSearch('person', grouping === 'person' ? embedding : undefined);
  const shown = grouping === 'face' ? byFace : byPerson;

  if (byFace.error) {
    return (
      <Panel>
        <ProblemState error={byFace.error} onRetry={() => void byFace.refetch()} />
      </Panel>
    );
  }
  if (!byFace.data) return <SearchWaiting />;

  const { data } = byFace;
  const threshold = chosen ?? data.threshold;
  return (
    <Stack gap="md">
      <VerdictBanner verdict={verdictOf(data.matches, { threshold })} />
      <Panel>
        <div className={classes.controls}>
          <div>
            <Group justify="space-between" gap={4} h={24} wrap="nowrap">
              <Text size="sm" fw={500} id="threshold">
                {t.search.threshold}{' '}
                <Text span c="dimmed">
                  {format.distance(threshold)}
                </Text>
              </Text>
              {chosen !== undefined && (
                <Button
                  size="compact-xs"
                  variant="subtle"
                  leftSection={<RotateCcw size={12} aria-hidden />}
                  onClick={() => setThreshold(undefined)}
                >
                  {t.search.thresholdReset}
                </Button>
              )}
            </Group>
            <Slider
              min={0}
              max={2}
              step={0.01}
              value={threshold}
              onChange={setThreshold}
              label={null}
              thumbLabel={`${t.search.threshold}: ${t.search.thresholdHint}`}
              size="sm"
            />
          </div>
          <div>
            <Group h={24}>
              <Text size="sm" fw={500}>
                {t.search.count}{' '}
                <Text span c="dimmed">
                  {k}
                </Text>
              </Text>
            </Group>
            <Slider
              min={1}
              max={MOST_RESULTS}
              value={k}
              onChange={setK}
              label={null}
              thumbLabel={t.search.count}
              size="sm"
            />
          </div>
          <SegmentedControl
            aria-label={t.search.group}
            value={grouping}
            onChange={(value) => setGrouping(value as Grouping)}
            data={[
              { value: 'face', label: t.search.groupFace },
              { value: 'person', label: t.search.groupPerson },
            ]}
          />
        </div>
      </Panel>
      <Panel p={0}>
        <Group justify="space-between" px="md" py="sm" gap="xs">
          <div>
            <Text fw={600} component="h2" m={0}>
              {t.search.results}
            </Text>
            <Text size="xs" c="dimmed">
              {t.search.took(
                format.duration(data.searchMs),
                t.common.faces(faces ?? 0, faces === undefined ? '…' : format.number(faces)),
              )}
            </Text>
          </div>
          <DownloadComparison
            gallery={gallery}
            picture={picture}
            options={{ faceIndex, k: Math.min(k, 20), threshold }}
          />
        </Group>
        {shown.error && <ProblemState error={shown.error} onRetry={() => void shown.refetch()} />}
        {grouping === 'face' ? (
          <FaceMatches matches={rankFaces(data.matches, { k, threshold })} />
        ) : (
          <PeopleMatches people={rankPeople(byPerson.data?.people ?? [], { k, threshold })} />
        )}
        {shown.isPending && <Loading />}
      </Panel>
    </Stack>
  );
}

/** The nearest faces or people of an embedding; asked for once for each. */
function useSearch(group: Grouping, embedding: readonly number[] | undefined) {
  const client = useClient();
  const gallery = useGalleryName();
  return useQuery({
    queryKey: [gallery, 'search', group, embedding],
    queryFn: ({ signal }) =>
      ask(
        client.POST('/v1/galleries/{gallery}/search', {
          params: { path: { gallery } },
          body: { embedding: [...embedding!], k: MOST_RESULTS, group },
          signal,
        }),
      ),
    enabled: embedding !== undefined,
    gcTime: 0,
  });
}

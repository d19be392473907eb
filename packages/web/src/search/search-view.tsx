import { form } from '@facedex/client';
import { Button, Loader, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { UserRoundSearch, UsersRound, UserX } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { Link } from 'wouter';
import { ask } from '../api/ask.js';
import { checkReadable } from '../api/check-readable.js';
import { useGallery, useMay } from '../api/queries.js';
import { useClient } from '../api/session.js';
import { useFormat, useTexts } from '../i18n/language.js';
import { useGalleryName } from '../shell/gallery-context.js';
import { viewPath } from '../shell/views.js';
import { EmptyState } from '../ui/empty-state.js';
import { FaceBoxes } from '../ui/face-boxes.js';
import { PageHeader } from '../ui/page-header.js';
import { Panel } from '../ui/panel.js';
import { PictureDrop } from '../ui/picture-drop.js';
import { ProblemState } from '../ui/problem-state.js';
import { useObjectUrl } from '../ui/use-object-url.js';
import { usePaste } from '../ui/use-paste.js';
import classes from './search-view.module.css';
import { SearchWaiting } from './search-waiting.js';

const SearchResults = lazy(async () => ({
  default: (await import('./search-results.js')).SearchResults,
}));

/** Below this, a face is seldom recognised (docs/identification.md). */
const LOW_QUALITY = 0.3;

/** A picture whose faces were found, and which of them is meant. */
interface Probe {
  readonly file: File;
  /** Tells pictures apart that have the same name. */
  readonly number: number;
  readonly picked: number;
}

/** Who is in a picture? */
export function SearchView() {
  const t = useTexts();
  const format = useFormat();
  const client = useClient();
  const gallery = useGalleryName();
  const mayEnrol = useMay('enrol');
  const isEmpty = useGallery().data?.faces === 0;
  const [probe, setProbe] = useState<Probe>();
  const url = useObjectUrl(probe?.file);
  const detection = useQuery({
    queryKey: [gallery, 'detect', probe?.number],
    queryFn: async ({ signal }) => {
      await checkReadable(probe!.file);
      return ask(
        client.POST('/v1/detect', {
          ...form({ embeddings: true, gallery, photo: probe!.file }),
          signal,
        }),
      );
    },
    enabled: probe !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  });
  const found = probe ? detection.data : undefined;
  const face = probe && found?.faces[probe.picked];

  const take = (file: File) =>
    setProbe((last) => ({ file, number: (last?.number ?? 0) + 1, picked: 0 }));
  usePaste(take);

  return (
    <>
      <PageHeader title={t.search.title} />
      <div className={classes.columns} data-started={probe !== undefined || undefined}>
        <Stack className={classes.probe}>
          <PictureDrop label={t.picture.yours} onFile={take}>
            {probe && (
              <div className={classes.picture}>
                <FaceBoxes
                  src={url}
                  alt={t.picture.yours}
                  size={found}
                  boxes={found?.faces.map(({ box }) => box) ?? []}
                  picked={probe.picked}
                  onPick={(picked) => setProbe({ ...probe, picked })}
                  maxHeight={380}
                >
                  {detection.isFetching && (
                    <div className={classes.finding} role="status">
                      <Loader size={16} color="white" aria-hidden /> {t.picture.finding}
                    </div>
                  )}
                </FaceBoxes>
                {found && found.faces.length > 0 && (
                  <Text size="sm" mt="xs" ta="center">
                    {t.search.facesFound(found.faces.length)}
                    {face && (
                      <Text span c="dimmed">
                        {' · '}
                        {t.search.quality(format.percent(face.quality.score))}
                      </Text>
                    )}
                  </Text>
                )}
                {face && face.quality.score < LOW_QUALITY && (
                  <Text size="xs" c="dimmed" ta="center">
                    {t.search.lowQuality}
                  </Text>
                )}
              </div>
            )}
          </PictureDrop>
        </Stack>
        <div className={classes.results}>{results()}</div>
      </div>
    </>
  );

  function results() {
    if (isEmpty && !probe) {
      return (
        <EmptyState
          icon={UsersRound}
          title={t.search.galleryEmptyTitle}
          text={t.search.galleryEmptyText}
        >
          {mayEnrol && (
            <Button component={Link} href={viewPath(gallery, 'enrol')} variant="default">
              {t.search.galleryEmptyAction}
            </Button>
          )}
        </EmptyState>
      );
    }
    if (!probe) {
      return (
        <EmptyState icon={UserRoundSearch} title={t.search.emptyTitle} text={t.search.emptyText} />
      );
    }
    if (detection.error) {
      return (
        <Panel>
          <ProblemState error={detection.error} onRetry={() => void detection.refetch()} />
        </Panel>
      );
    }
    if (!found) return undefined;
    if (!face?.embedding) {
      return (
        <Panel>
          <EmptyState
            icon={UserX}
            title={t.search.noFaceTitle}
            text={t.search.noFaceText}
            role="status"
          />
        </Panel>
      );
    }
    return (
      <Suspense fallback={<SearchWaiting />}>
        <SearchResults
          key={`${probe.number}/${probe.picked}`}
          picture={probe.file}
          faceIndex={face.index}
          embedding={face.embedding}
        />
      </Suspense>
    );
  }
}

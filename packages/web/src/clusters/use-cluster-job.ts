import { notifications } from '@mantine/notifications';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useState } from 'react';
import { ApiError, ask } from '../api/ask.js';
import { useClient } from '../api/session.js';
import type { Job } from '../api/types.js';
import { useChange } from '../api/use-change.js';
import { useTexts } from '../i18n/language.js';
import { useGalleryName } from '../shell/gallery-context.js';
import { useProblemNotice } from '../ui/use-problem-notice.js';

/** The grouping that runs now, if any, also one that was started elsewhere; and how to start one. */
export function useClusterJob() {
  const t = useTexts();
  const client = useClient();
  const queries = useQueryClient();
  const gallery = useGalleryName();
  /** The job whose end is to be told: it was started here, or seen running. */
  const [awaited, setAwaited] = useState<string>();
  const { data: latest } = useQuery({
    queryKey: [gallery, 'jobs', 'cluster'],
    queryFn: async ({ signal }) => {
      const { items } = await ask(
        client.GET('/v1/jobs', { params: { query: { gallery, limit: 20 } }, signal }),
      );
      return items.find(({ kind }) => kind === 'cluster') ?? null;
    },
    refetchInterval: (query) => (isActive(query.state.data) || awaited !== undefined ? 700 : false),
  });
  const job = isActive(latest) ? latest : undefined;

  const start = useChange(
    () =>
      ask(
        client.POST('/v1/galleries/{gallery}/jobs', {
          params: { path: { gallery } },
          body: { kind: 'cluster' },
        }),
      ),
    // It may have ended before it is asked for: a small gallery is grouped at once.
    { onDone: ({ id }) => setAwaited(id) },
  );
  const cancel = useChange((id: string) =>
    ask(client.POST('/v1/jobs/{job}/cancel', { params: { path: { job: id } } })),
  );

  const notice = useProblemNotice();
  const notifyFailed = useEffectEvent(({ error }: Job) => {
    const { code, detail } = error ?? { code: 'UNEXPECTED', detail: '' };
    notice(new ApiError({ type: '', title: t.clusters.runFailed, status: 0, code, detail }));
  });
  useEffect(() => {
    if (job) setAwaited(job.id);
    else if (latest && latest.id === awaited) {
      setAwaited(undefined);
      void queries.invalidateQueries({ queryKey: [gallery] });
      if (latest.state === 'done') {
        notifications.show({ message: t.clusters.runDone, color: 'teal' });
      } else if (latest.state === 'failed') {
        notifyFailed(latest);
      }
    }
  }, [job, latest, awaited, queries, gallery, t]);

  return { job, start, cancel };
}

function isActive(job: Job | null | undefined): job is Job {
  return job?.state === 'queued' || job?.state === 'running';
}

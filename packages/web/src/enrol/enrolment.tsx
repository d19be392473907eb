import { form } from '@facedex/client';
import { useQueryClient } from '@tanstack/react-query';
import {
  createContext,
  type ReactNode,
  use,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { type ApiError, apiErrorOf, ask } from '../api/ask.js';
import { checkReadable } from '../api/check-readable.js';
import { useClient } from '../api/session.js';
import { enrolAll, type Outcome } from './enrol-all.js';
import type { PlannedPhoto } from './plan.js';

/** What to do with several faces in a photo of a person. */
export type FaceRule = 'largest' | 'all' | 'reject';

export interface EnrolmentState {
  readonly phase: 'idle' | 'running' | 'stopped' | 'done';
  readonly gallery: string;
  readonly faces: FaceRule;
  readonly total: number;
  readonly outcomes: readonly Outcome[];
  readonly startedAt: number;
  readonly waiting: boolean;
  /** Why it ended before its end. */
  readonly error?: ApiError;
}

interface StartOptions {
  readonly gallery: string;
  readonly faces: FaceRule;
}

export interface Enrolment {
  readonly state: EnrolmentState;
  readonly start: (photos: readonly PlannedPhoto[], options: StartOptions) => Promise<void>;
  readonly stop: () => void;
  readonly clear: () => void;
}

const IDLE: EnrolmentState = {
  phase: 'idle',
  gallery: '',
  faces: 'largest',
  total: 0,
  outcomes: [],
  startedAt: 0,
  waiting: false,
};

/** Keeps the service's workers busy while files are being sent; more would only queue there. */
const CONCURRENCY = 3;

/** How often what came in is shown; each photo by itself would draw the list thousands of times. */
const SHOW_EVERY_MS = 200;

const EnrolmentContext = createContext<Enrolment | undefined>(undefined);

export function useEnrolment(): Enrolment {
  const enrolment = use(EnrolmentContext);
  if (enrolment === undefined) throw new Error('expected an EnrolmentProvider above');
  return enrolment;
}

/** Holds the enrolment that runs, so that it goes on while one looks at other views. */
export function EnrolmentProvider({ children }: { children: ReactNode }) {
  const client = useClient();
  const queries = useQueryClient();
  const [state, setState] = useState(IDLE);
  const running = useRef<AbortController>(undefined);

  const start = useCallback(
    async (photos: readonly PlannedPhoto[], { gallery, faces }: StartOptions) => {
      const controller = new AbortController();
      running.current = controller;
      let news: Outcome[] = [];
      const show = () => {
        const shown = news;
        news = [];
        if (shown.length === 0) return;
        setState((now) => ({ ...now, outcomes: [...now.outcomes, ...shown] }));
      };
      const timer = setInterval(show, SHOW_EVERY_MS);
      setState({
        ...IDLE,
        phase: 'running',
        gallery,
        faces,
        total: photos.length,
        startedAt: performance.now(),
      });
      let error: ApiError | undefined;
      try {
        await enrolAll(photos, {
          send: (photo, signal) => send(photo, { gallery, faces, signal }),
          concurrency: CONCURRENCY,
          signal: controller.signal,
          onOutcome: (outcome) => news.push(outcome),
          onWaiting: (waiting) => setState((now) => ({ ...now, waiting })),
        });
      } catch (reason) {
        error = apiErrorOf(reason);
      } finally {
        clearInterval(timer);
        show();
        const phase = controller.signal.aborted || error ? 'stopped' : 'done';
        setState((now) => ({ ...now, phase, waiting: false, ...(error && { error }) }));
        void queries.invalidateQueries({ queryKey: [gallery] });
      }

      async function send(
        photo: PlannedPhoto,
        options: StartOptions & { signal: AbortSignal },
      ): Promise<Outcome> {
        await checkReadable(photo.file);
        const { outcome, facesSeen } = await ask(
          client.POST('/v1/galleries/{gallery}/photos', {
            params: { path: { gallery: options.gallery } },
            ...form({
              ...(photo.person === undefined
                ? { faces: 'all' as const }
                : { person: photo.person, faces: options.faces }),
              takenAt: new Date(photo.file.lastModified).toISOString(),
              photo: photo.file,
            }),
            signal: options.signal,
          }),
        );
        return { photo, outcome, facesSeen };
      }
    },
    [client, queries],
  );

  const stop = useCallback(() => running.current?.abort(), []);
  const clear = useCallback(() => setState(IDLE), []);

  useEffect(() => {
    if (state.phase !== 'running') return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', warn);
    return () => removeEventListener('beforeunload', warn);
  }, [state.phase]);

  // Another key or none: nothing more is sent.
  useEffect(() => stop, [stop]);

  const enrolment = useMemo(() => ({ state, start, stop, clear }), [state, start, stop, clear]);
  return <EnrolmentContext value={enrolment}>{children}</EnrolmentContext>;
}

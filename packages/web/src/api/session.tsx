import { createFacedexClient, type FacedexClient } from '@facedex/client';
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createContext, type ReactNode, use, useCallback, useMemo, useState } from 'react';
import { ApiError } from './ask.js';

const KEY = 'facedex-key';

/** What an error, of whatever request, says is no longer as it was. */
const TELLS_OF: Readonly<Record<string, string>> = {
  UNAUTHENTICATED: 'me',
  OFFLINE: 'health',
  NO_GALLERY: 'galleries',
};

/** The client of the API, with the key that the user gave, if any. */
export interface Session {
  readonly client: FacedexClient;
  readonly key: string | undefined;
  /** Another key, or none: everything that was loaded with the old one is forgotten. */
  readonly setKey: (key: string | undefined) => void;
}

const SessionContext = createContext<Session | undefined>(undefined);

export function useSession(): Session {
  const session = use(SessionContext);
  if (session === undefined) throw new Error('expected a SessionProvider above');
  return session;
}

/** Shorthand for the session's client. */
export function useClient(): FacedexClient {
  return useSession().client;
}

/** Keeps the key for the tab's life (sessionStorage) and makes the client and the query cache. */
export function SessionProvider({ children }: { children: ReactNode }) {
  const [{ key, times }, remember] = useState(() => ({
    key: sessionStorage.getItem(KEY) ?? undefined,
    times: 0,
  }));

  const setKey = useCallback((next: string | undefined) => {
    if (next === undefined) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, next);
    // The same once more is tried once more, too.
    remember((last) => ({ key: next, times: last.times + 1 }));
  }, []);

  const session = useMemo(
    () => ({ client: createFacedexClient(key === undefined ? {} : { key }), key, setKey }),
    [key, setKey],
  );
  // A new cache for each key: nothing that one may see stays for the next.
  // biome-ignore lint/correctness/useExhaustiveDependencies: made anew for each key on purpose
  const queries = useMemo(makeQueryClient, [times]);

  return (
    <SessionContext value={session}>
      <QueryClientProvider key={times} client={queries}>
        {children}
      </QueryClientProvider>
    </SessionContext>
  );
}

function makeQueryClient(): QueryClient {
  const queries: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError: (error, { queryKey }) => askAgain(error, queryKey) }),
    mutationCache: new MutationCache({ onError: (error) => askAgain(error) }),
    defaultOptions: {
      queries: {
        // The service may well be on this machine while the machine is offline.
        networkMode: 'always',
        staleTime: 10_000,
        refetchOnWindowFocus: false,
        retry: (failures, error) => failures < 1 && isPassing(error),
      },
      mutations: { networkMode: 'always' },
    },
  });
  return queries;

  /** What an error of another request tells of the key and the service: asked for again, and shown. */
  function askAgain(error: unknown, [asked]: readonly unknown[] = []): void {
    const code = error instanceof ApiError ? error.code : undefined;
    const about = code === undefined ? undefined : TELLS_OF[code];
    if (about !== undefined && about !== asked) {
      void queries.invalidateQueries({ queryKey: [about] });
    }
  }
}

function isPassing(error: unknown): boolean {
  return error instanceof ApiError && ['OFFLINE', 'OVERLOADED'].includes(error.code);
}

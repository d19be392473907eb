import { createFacedexClient, type FacedexClient } from '@facedex/client';
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createContext, type ReactNode, use, useCallback, useMemo, useState } from 'react';
import { ApiError } from './ask.js';

const KEY = 'facedex-key';

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
  const [key, remember] = useState(() => sessionStorage.getItem(KEY) ?? undefined);

  const setKey = useCallback((next: string | undefined) => {
    if (next === undefined) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, next);
    remember(next);
  }, []);

  const session = useMemo(
    () => ({ client: createFacedexClient(key === undefined ? {} : { key }), key, setKey }),
    [key, setKey],
  );
  // A new cache for each key: nothing that one may see stays for the next.
  // biome-ignore lint/correctness/useExhaustiveDependencies: made anew with the key on purpose
  const queries = useMemo(makeQueryClient, [key]);

  return (
    <SessionContext value={session}>
      <QueryClientProvider key={key} client={queries}>
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
    const about = code === 'UNAUTHENTICATED' ? 'me' : code === 'OFFLINE' ? 'health' : undefined;
    if (about !== undefined && about !== asked) {
      void queries.invalidateQueries({ queryKey: [about] });
    }
  }
}

function isPassing(error: unknown): boolean {
  return error instanceof ApiError && ['OFFLINE', 'OVERLOADED'].includes(error.code);
}

import { lazy, Suspense } from 'react';
import { apiErrorOf } from '../api/ask.js';
import { useMe } from '../api/queries.js';
import { EnrolmentProvider } from '../enrol/enrolment.js';
import { Loading } from '../ui/loading.js';
import { ProblemState } from '../ui/problem-state.js';
import { FullScreen } from './full-screen.js';
import { Routes } from './routes.js';

// Few are asked for a key, and none before the service is.
const KeyEntry = lazy(async () => ({ default: (await import('./key-entry.js')).KeyEntry }));

/** Lets in who may be here: asks for a key where the service wants one. */
export function Gate() {
  const me = useMe();
  const refused = me.error !== null && apiErrorOf(me.error).code === 'UNAUTHENTICATED';
  // A key may be revoked while the page is open.
  if (me.data && !refused) {
    return (
      <EnrolmentProvider>
        <Routes />
      </EnrolmentProvider>
    );
  }
  if (!me.error) return <Loading height="100vh" />;
  return (
    <FullScreen>
      {refused ? (
        <Suspense fallback={<Loading />}>
          <KeyEntry />
        </Suspense>
      ) : (
        <ProblemState error={me.error} onRetry={() => void me.refetch()} />
      )}
    </FullScreen>
  );
}

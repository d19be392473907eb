import { Center, Stack } from '@mantine/core';
import { useMe } from '../api/queries.js';
import { apiErrorOf } from '../api/ask.js';
import { EnrolmentProvider } from '../enrol/enrolment.js';
import { Loading } from '../ui/loading.js';
import { ProblemState } from '../ui/problem-state.js';
import { KeyEntry } from './key-entry.js';
import { Routes } from './routes.js';

/** Lets in who may be here: asks for a key where the service wants one. */
export function Gate() {
  const me = useMe();
  if (me.data) {
    return (
      <EnrolmentProvider>
        <Routes />
      </EnrolmentProvider>
    );
  }
  if (!me.error) return <Loading height="100vh" />;
  return (
    <Center component="main" mih="100vh" p="md">
      <Stack w="100%" maw={420}>
        {apiErrorOf(me.error).code === 'UNAUTHENTICATED' ? (
          <KeyEntry />
        ) : (
          <ProblemState error={me.error} onRetry={() => void me.refetch()} />
        )}
      </Stack>
    </Center>
  );
}

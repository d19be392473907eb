import { useQuery } from '@tanstack/react-query';
import { ask } from './ask.js';
import { useClient } from './session.js';

/** Whether the service answers: asked now and then, more often while it doesn't. */
export function useHealth(): 'unknown' | 'up' | 'down' {
  const client = useClient();
  const { status } = useQuery({
    queryKey: ['health'],
    queryFn: ({ signal }) => ask(client.GET('/health', { signal })),
    retry: false,
    refetchInterval: (query) => (query.state.status === 'error' ? 3000 : 15_000),
  });
  return status === 'error' ? 'down' : status === 'success' ? 'up' : 'unknown';
}

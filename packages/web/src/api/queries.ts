import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useGalleryName } from '../shell/gallery-context.js';
import { ask } from './ask.js';
import { useClient } from './session.js';

/** What the session's key may do, and the service's limits. */
export function useMe() {
  const client = useClient();
  return useQuery({
    queryKey: ['me'],
    queryFn: ({ signal }) => ask(client.GET('/v1/me', { signal })),
    staleTime: 60_000,
  });
}

/** Whether the key's role is at least this one. */
export function useMay(role: 'enrol' | 'admin'): boolean {
  const mine = useMe().data?.role;
  return mine === 'admin' || (mine === 'enrol' && role === 'enrol');
}

export function useGalleries() {
  const client = useClient();
  return useQuery({
    queryKey: ['galleries'],
    queryFn: ({ signal }) => ask(client.GET('/v1/galleries', { signal })),
    select: (answer) => answer.items,
  });
}

/** What the gallery that is open holds, and what it takes. */
export function useGallery() {
  const client = useClient();
  const gallery = useGalleryName();
  return useQuery({
    queryKey: [gallery, 'gallery'],
    queryFn: ({ signal }) =>
      ask(client.GET('/v1/galleries/{gallery}', { params: { path: { gallery } }, signal })),
  });
}

const PAGE = 60;

/** The people whose names have this in them and who have the tag, in the order of their names. */
export function usePeople(name: string, { tag = '' }: { tag?: string } = {}) {
  const client = useClient();
  const gallery = useGalleryName();
  return useInfiniteQuery({
    queryKey: [gallery, 'people', 'list', name, tag],
    queryFn: ({ pageParam, signal }) =>
      ask(
        client.GET('/v1/galleries/{gallery}/people', {
          params: {
            path: { gallery },
            query: { limit: PAGE, ...given({ name, tag, cursor: pageParam }) },
          },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
  });
}

export function usePerson(person: string) {
  const client = useClient();
  const gallery = useGalleryName();
  return useQuery({
    queryKey: [gallery, 'people', person],
    queryFn: ({ signal }) =>
      ask(
        client.GET('/v1/galleries/{gallery}/people/{person}', {
          params: { path: { gallery, person } },
          signal,
        }),
      ),
  });
}

/** Whose faces: a person's or a cluster's. */
export type FacesOf = { person: string } | { cluster: number };

export function useFaces(of: FacesOf, { limit = PAGE }: { limit?: number } = {}) {
  const client = useClient();
  const gallery = useGalleryName();
  return useInfiniteQuery({
    queryKey: [gallery, 'faces', of, limit],
    queryFn: ({ pageParam, signal }) =>
      ask(
        client.GET('/v1/galleries/{gallery}/faces', {
          params: { path: { gallery }, query: { ...of, limit, ...given({ cursor: pageParam }) } },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
  });
}

export function useClusters({ unnamed }: { unnamed: boolean }) {
  const client = useClient();
  const gallery = useGalleryName();
  return useInfiniteQuery({
    queryKey: [gallery, 'clusters', unnamed],
    queryFn: ({ pageParam, signal }) =>
      ask(
        client.GET('/v1/galleries/{gallery}/clusters', {
          params: {
            path: { gallery },
            query: { limit: 24, ...(unnamed ? { unnamed } : {}), ...given({ cursor: pageParam }) },
          },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
  });
}

/** Without the fields that are empty. */
function given<T extends Record<string, string>>(fields: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== ''),
  ) as Partial<T>;
}

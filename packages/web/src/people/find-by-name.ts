import type { FacedexClient } from '@facedex/client';
import { ask } from '../api/ask.js';
import type { Person } from '../api/types.js';

/** The person of exactly this name, of those whose names have it in them. */
export async function findByName(
  name: string,
  { client, gallery }: { client: FacedexClient; gallery: string },
): Promise<Person | undefined> {
  const path = { gallery };
  let cursor: string | null = '';
  while (cursor !== null) {
    const page: { items: Person[]; next: string | null } = await ask(
      client.GET('/v1/galleries/{gallery}/people', {
        params: { path, query: { name, limit: 500, ...(cursor === '' ? {} : { cursor }) } },
      }),
    );
    const found = page.items.find((person) => person.name === name);
    if (found) return found;
    cursor = page.next;
  }
  return undefined;
}

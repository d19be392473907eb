import { Button, SimpleGrid, Skeleton, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { Search, UsersRound, UserX } from 'lucide-react';
import { memo, useState } from 'react';
import { Link, useSearchParams } from 'wouter';
import { facePicture } from '../api/picture-urls.js';
import { useGallery, useMay, usePeople } from '../api/queries.js';
import type { Person } from '../api/types.js';
import { useFormat, useTexts } from '../i18n/language.js';
import { useGalleryName } from '../shell/gallery-context.js';
import { personPath, viewPath } from '../shell/views.js';
import { EmptyState } from '../ui/empty-state.js';
import { LoadMore } from '../ui/load-more.js';
import { PageHeader } from '../ui/page-header.js';
import { Panel } from '../ui/panel.js';
import { Picture } from '../ui/picture.js';
import { ProblemState } from '../ui/problem-state.js';
import classes from './people-view.module.css';
import { TagFilter } from './tag-filter.js';

const COLUMNS = { base: 2, xs: 3, sm: 3, md: 4, lg: 6 };

/** Everybody in the gallery. */
export function PeopleView() {
  const t = useTexts();
  const format = useFormat();
  const gallery = useGalleryName();
  const mayEnrol = useMay('enrol');
  const count = useGallery().data?.people;
  // Kept with the page's entry in the browser's history, for the way back; in the address it would stay.
  const [written, setWritten] = useState(
    () => (history.state as { find?: string } | null)?.find ?? '',
  );
  const [name] = useDebouncedValue(written.trim(), 200);
  const [search, setSearch] = useSearchParams();
  const tag = search.get('tag') ?? '';
  const showTagged = (one: string) =>
    setSearch(one === '' ? {} : { tag: one }, { state: { find: written } });
  const people = usePeople(name, { tag });
  const shown = people.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <>
      <PageHeader
        title={t.people.title}
        text={count === undefined ? undefined : t.common.people(count, format.number(count))}
      >
        <TextInput
          type="search"
          aria-label={t.people.find}
          placeholder={t.people.find}
          value={written}
          onChange={({ currentTarget: { value } }) => {
            setWritten(value);
            history.replaceState({ find: value }, '');
          }}
          leftSection={<Search size={16} aria-hidden />}
          w={{ base: '100%', xs: 240 }}
        />
      </PageHeader>
      <TagFilter tag={tag} onTag={showTagged} />
      {people.error && shown.length === 0 ? (
        <ProblemState error={people.error} onRetry={() => void people.refetch()} />
      ) : people.isPending ? (
        <SimpleGrid cols={COLUMNS} spacing="sm" role="status" aria-label={t.common.loading}>
          {Array.from({ length: 12 }, (_, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
            <Skeleton key={index} height={216} />
          ))}
        </SimpleGrid>
      ) : shown.length === 0 ? (
        <Panel>
          {tag !== '' ? (
            <EmptyState
              icon={UserX}
              title={t.people.noneTaggedTitle(tag)}
              text={name === '' ? undefined : t.people.noneFoundText}
            >
              <Button variant="default" onClick={() => showTagged('')}>
                {t.people.all}
              </Button>
            </EmptyState>
          ) : name === '' ? (
            <EmptyState icon={UsersRound} title={t.people.emptyTitle} text={t.people.emptyText}>
              {mayEnrol && (
                <Button component={Link} href={viewPath(gallery, 'enrol')}>
                  {t.search.galleryEmptyAction}
                </Button>
              )}
            </EmptyState>
          ) : (
            <EmptyState
              icon={UserX}
              title={t.people.noneFoundTitle}
              text={t.people.noneFoundText}
            />
          )}
        </Panel>
      ) : (
        <SimpleGrid cols={COLUMNS} spacing="sm" component="ul" className={classes.list}>
          {shown.map((person) => (
            <li key={person.id}>
              <PersonCard person={person} />
            </li>
          ))}
        </SimpleGrid>
      )}
      <LoadMore list={people} />
    </>
  );
}

/** Drawn once, however many pages follow. */
const PersonCard = memo(function PersonCard({ person }: { person: Person }) {
  const t = useTexts();
  const format = useFormat();
  const gallery = useGalleryName();
  return (
    <Link href={personPath(gallery, person.id)} className={classes.card}>
      <Picture
        src={person.face === null ? undefined : facePicture(gallery, person.face, 256)}
        alt=""
        kind="face"
      />
      <div className={classes.caption}>
        <Text size="sm" fw={600} truncate title={person.name} dir="auto" ta="left">
          {person.name}
        </Text>
        <Text size="xs" c="dimmed" truncate>
          {[t.common.photos(person.photos, format.number(person.photos)), ...person.tags].join(
            ' · ',
          )}
        </Text>
      </div>
    </Link>
  );
});

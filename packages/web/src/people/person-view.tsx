import { Anchor, Button, Group, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { ArrowLeft, CalendarClock, Merge, Pencil, ScanFace, Trash2, UserX } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'wouter';
import { apiErrorOf } from '../api/ask.js';
import { facePicture } from '../api/picture-urls.js';
import { useFaces, useMay, usePerson } from '../api/queries.js';
import type { Person } from '../api/types.js';
import { useFormat, useTexts } from '../i18n/language.js';
import { useGalleryName } from '../shell/gallery-context.js';
import { viewPath } from '../shell/views.js';
import { EmptyState } from '../ui/empty-state.js';
import { FaceGrid } from '../ui/face-grid.js';
import { LoadMore } from '../ui/load-more.js';
import { Loading } from '../ui/loading.js';
import { Panel } from '../ui/panel.js';
import { Picture } from '../ui/picture.js';
import { ProblemState } from '../ui/problem-state.js';
import { selectedOf } from '../ui/toggled.js';
import { ConsentDialog } from './consent-dialog.js';
import { DeletePerson } from './delete-person.js';
import { FaceActions } from './face-actions.js';
import { MergePerson } from './merge-person.js';
import classes from './person-view.module.css';
import { RenamePerson } from './rename-person.js';
import { TagList } from './tag-list.js';
import { TagsDialog } from './tags-dialog.js';

/** One person: who it is, and all their faces. */
export function PersonView({ id }: { id: string }) {
  const t = useTexts();
  const gallery = useGalleryName();
  const person = usePerson(id);
  // Also where they were here before: somebody else may delete or merge them.
  const gone = person.error !== null && apiErrorOf(person.error).problem.status === 404;
  return (
    <>
      <Anchor component={Link} href={viewPath(gallery, 'people')} size="sm" c="dimmed">
        <Group gap={4} mb="xs" component="span">
          <ArrowLeft size={15} aria-hidden /> {t.people.all}
        </Group>
      </Anchor>
      {gone ? (
        <EmptyState icon={UserX} title={t.people.notFound} role="status" />
      ) : person.data ? (
        <Stack>
          <PersonHeader person={person.data} />
          <PersonFaces person={person.data} />
        </Stack>
      ) : person.error ? (
        <ProblemState error={person.error} onRetry={() => void person.refetch()} />
      ) : (
        <Loading />
      )}
    </>
  );
}

function PersonHeader({ person }: { person: Person }) {
  const t = useTexts();
  const format = useFormat();
  const gallery = useGalleryName();
  const mayEnrol = useMay('enrol');
  const mayDelete = useMay('admin');
  const [dialog, setDialog] = useState<'rename' | 'merge' | 'consent' | 'tags' | 'delete'>();
  const close = () => setDialog(undefined);
  useDocumentTitle(`${person.name} · facedex`);
  const facts = [
    t.common.photos(person.photos, format.number(person.photos)),
    t.common.faces(person.faces, format.number(person.faces)),
    t.people.lastSeen(format.date(person.lastSeenAt)),
    ...(person.consentUntil ? [t.people.consentUntil(format.date(person.consentUntil))] : []),
  ];
  return (
    <Panel>
      <div className={classes.header}>
        <Group gap="md" wrap="nowrap" align="flex-start" style={{ minWidth: 0 }}>
          <Picture
            src={person.face === null ? undefined : facePicture(gallery, person.face, 192)}
            alt={t.common.faceOf(person.name)}
            kind="face"
            size={80}
          />
          <div style={{ minWidth: 0 }}>
            <Title order={1} style={{ overflowWrap: 'anywhere' }}>
              {person.name}
            </Title>
            <ul className={classes.facts}>
              {facts.map((fact) => (
                <li key={fact}>{fact}</li>
              ))}
            </ul>
            <TagList tags={person.tags} onEdit={mayEnrol ? () => setDialog('tags') : undefined} />
          </div>
        </Group>
        <Group gap="xs">
          {mayEnrol && (
            <>
              <Button
                variant="default"
                px="sm"
                leftSection={<Pencil size={15} aria-hidden />}
                onClick={() => setDialog('rename')}
              >
                {t.people.rename}
              </Button>
              <Button
                variant="default"
                px="sm"
                leftSection={<Merge size={15} aria-hidden />}
                onClick={() => setDialog('merge')}
              >
                {t.people.merge}
              </Button>
              <Button
                variant="default"
                px="sm"
                leftSection={<CalendarClock size={15} aria-hidden />}
                onClick={() => setDialog('consent')}
              >
                {t.people.consent}
              </Button>
            </>
          )}
          {mayDelete && (
            <Button
              variant="default"
              px="sm"
              c="var(--mantine-color-error)"
              leftSection={<Trash2 size={15} aria-hidden />}
              onClick={() => setDialog('delete')}
            >
              {t.people.deletePerson}
            </Button>
          )}
        </Group>
      </div>
      {dialog === 'rename' && <RenamePerson person={person} onClose={close} />}
      {dialog === 'merge' && <MergePerson person={person} onClose={close} />}
      {dialog === 'consent' && <ConsentDialog person={person} onClose={close} />}
      {dialog === 'tags' && <TagsDialog person={person} onClose={close} />}
      {dialog === 'delete' && <DeletePerson person={person} onClose={close} />}
    </Panel>
  );
}

function PersonFaces({ person }: { person: Person }) {
  const t = useTexts();
  const mayEnrol = useMay('enrol');
  const faces = useFaces({ person: person.id });
  const [picked, setPicked] = useState<ReadonlySet<number>>(new Set());
  const shown = faces.data?.pages.flatMap(({ items }) => items) ?? [];
  const selected = selectedOf(
    shown.map((face) => face.id),
    picked,
  );
  return (
    <Panel>
      <Group justify="space-between" mb="sm" mih={36}>
        <div>
          <Title order={2}>{t.people.facesTitle}</Title>
          {mayEnrol && shown.length > 0 && (
            <Text size="sm" c="dimmed">
              {t.people.selectHint}
            </Text>
          )}
        </div>
        {selected.size > 0 && (
          <FaceActions person={person} selected={selected} onDone={() => setPicked(new Set())} />
        )}
      </Group>
      {faces.error && shown.length === 0 ? (
        <ProblemState error={faces.error} onRetry={() => void faces.refetch()} />
      ) : faces.isPending ? (
        <Loading />
      ) : shown.length === 0 ? (
        <EmptyState icon={ScanFace} title={t.people.noFaces} text={t.people.noFacesText} />
      ) : (
        <FaceGrid faces={shown} selected={selected} onSelect={mayEnrol ? setPicked : undefined} />
      )}
      <LoadMore list={faces} />
    </Panel>
  );
}

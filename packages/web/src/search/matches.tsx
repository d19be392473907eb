import { Anchor, Text, UnstyledButton } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { Link } from 'wouter';
import { facePicture, photoPicture } from '../api/picture-urls.js';
import type { Match, PersonMatch, PersonRef } from '../api/types.js';
import { useFormat, useTexts } from '../i18n/language.js';
import { useGalleryName } from '../shell/gallery-context.js';
import { personPath } from '../shell/views.js';
import { Picture } from '../ui/picture.js';
import { StateBadge } from '../ui/state-badge.js';
import classes from './matches.module.css';

const PhotoDialog = lazy(async () => ({
  default: (await import('../ui/photo-dialog.js')).PhotoDialog,
}));

interface Row {
  readonly key: number | string;
  readonly rank: number;
  readonly person: PersonRef | null;
  readonly distance: number;
  readonly similarity: number;
  readonly known: boolean;
  readonly nearest: Match;
  readonly note?: string;
}

/** Faces that are near, nearest first. */
export function FaceMatches({ matches }: { matches: readonly Match[] }) {
  return <Rows rows={matches.map((match) => ({ ...match, key: match.face, nearest: match }))} />;
}

/** People that are near, each with their nearest face. */
export function PeopleMatches({ people }: { people: readonly PersonMatch[] }) {
  const t = useTexts();
  return (
    <Rows
      rows={people.flatMap((match) => {
        const nearest = match.faces[0];
        if (nearest === undefined) return [];
        const note = match.faces.length > 1 ? t.search.countedFaces(match.faces.length) : undefined;
        return [{ ...match, key: match.person.id, nearest, ...(note && { note }) }];
      })}
    />
  );
}

function Rows({ rows }: { rows: readonly Row[] }) {
  const t = useTexts();
  const [opened, setOpened] = useState<Match>();
  return (
    <>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{t.search.rank}</th>
            <th scope="col">{t.search.face}</th>
            <th scope="col">{t.search.photo}</th>
            <th scope="col">{t.search.person}</th>
            <th scope="col" className={classes.figure}>
              {t.common.distance}
            </th>
            <th scope="col" className={classes.figure}>
              {t.common.similarity}
            </th>
            <th scope="col">{t.search.verdict}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <MatchRow key={row.key} row={row} onOpen={() => setOpened(row.nearest)} />
          ))}
        </tbody>
      </table>
      {opened && (
        <Suspense>
          <PhotoDialog
            photo={opened.photo}
            face={opened.face}
            onClose={() => setOpened(undefined)}
          />
        </Suspense>
      )}
    </>
  );
}

function MatchRow({ row, onOpen }: { row: Row; onOpen: () => void }) {
  const t = useTexts();
  const format = useFormat();
  const gallery = useGalleryName();
  const { person, nearest } = row;
  const name = person?.name ?? t.common.nobody;
  return (
    <tr data-known={row.known || undefined}>
      <td className={classes.rank}>{row.rank}</td>
      <td className={classes.face}>
        <Picture
          src={facePicture(gallery, nearest.face, 112)}
          alt={t.common.faceOf(name)}
          kind="face"
          size={48}
        />
      </td>
      <td className={classes.photo}>
        <UnstyledButton
          onClick={onOpen}
          aria-label={t.search.showPhoto(name)}
          className={classes.open}
        >
          <Picture src={photoPicture(gallery, nearest.photo, 160)} alt="" kind="face" size={48} />
        </UnstyledButton>
      </td>
      <td className={classes.person}>
        {person ? (
          <Anchor
            component={Link}
            href={personPath(gallery, person.id)}
            c="inherit"
            fw={500}
            size="sm"
          >
            {name}
          </Anchor>
        ) : (
          <Text size="sm" c="dimmed">
            {name}
          </Text>
        )}
        {row.note && (
          <Text size="xs" c="dimmed">
            {row.note}
          </Text>
        )}
      </td>
      <td className={classes.figure} data-label={t.common.distance}>
        {format.distance(row.distance)}
      </td>
      <td className={classes.figure} data-label={t.common.similarity}>
        {format.distance(row.similarity)}
      </td>
      <td className={classes.verdict}>
        <StateBadge tone={row.known ? 'good' : 'plain'}>
          {row.known ? t.common.known : t.common.unknown}
        </StateBadge>
      </td>
    </tr>
  );
}

import { Anchor, Group, Text } from '@mantine/core';
import { CircleHelp } from 'lucide-react';
import { Link } from 'wouter';
import { facePicture } from '../api/picture-urls.js';
import { useFormat, useTexts } from '../i18n/language.js';
import { useGalleryName } from '../shell/gallery-context.js';
import { personPath } from '../shell/views.js';
import { Picture } from '../ui/picture.js';
import type { Verdict } from './rank.js';
import classes from './verdict-banner.module.css';

/** The answer in one line: who it is, or that nobody knows. */
export function VerdictBanner({ verdict }: { verdict: Verdict }) {
  const t = useTexts();
  const format = useFormat();
  const gallery = useGalleryName();
  const { kind, nearest } = verdict;
  if (kind === 'unknown') {
    return (
      <Group className={classes.banner} wrap="nowrap" role="status">
        <CircleHelp size={32} strokeWidth={1.5} aria-hidden className={classes.icon} />
        <div>
          <Text fw={600}>{t.search.unknownVerdict}</Text>
          <Text size="sm" c="dimmed">
            {nearest
              ? t.search.unknownText(format.distance(nearest.distance))
              : t.search.unknownAlone}
          </Text>
        </div>
      </Group>
    );
  }
  const { person, falseMatchRate } = nearest;
  return (
    <Group
      className={classes.banner}
      data-known={kind === 'known' || undefined}
      wrap="nowrap"
      role="status"
    >
      <Picture src={facePicture(gallery, nearest.face, 112)} alt="" kind="face" size={52} />
      <div style={{ minWidth: 0 }}>
        {person ? (
          <>
            <Text size="xs" c="dimmed">
              {t.search.knownVerdict}
            </Text>
            <Anchor
              component={Link}
              href={personPath(gallery, person.id)}
              fw={650}
              c="inherit"
              className={classes.name}
              dir="auto"
              ta="left"
            >
              {person.name}
            </Anchor>
          </>
        ) : (
          <Text fw={600}>{t.search.unnamedVerdict}</Text>
        )}
        <Text size="sm" c="dimmed">
          {t.common.distance} {format.distance(nearest.distance)} · {t.common.similarity}{' '}
          {format.distance(nearest.similarity)}
          {falseMatchRate && falseMatchRate.rate > 0 && (
            <>
              {' · '}
              {t.search.falseMatch(
                format.rough(1 / falseMatchRate.rate),
                falseMatchRate.kind === 'at-most',
              )}
            </>
          )}
        </Text>
      </div>
    </Group>
  );
}

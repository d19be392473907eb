import { Button, Group, Progress, SegmentedControl, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'wouter';
import { useFormat, useProblemWords, useTexts } from '../i18n/language.js';
import { viewPath } from '../shell/views.js';
import { Panel } from '../ui/panel.js';
import { ProblemAlert } from '../ui/problem-alert.js';
import { StateBadge } from '../ui/state-badge.js';
import type { Outcome } from './enrol-all.js';
import classes from './enrol-progress.module.css';
import { useEnrolment } from './enrolment.js';

const FILTERS = ['all', 'added', 'unchanged', 'refused'] as const;
type Filter = (typeof FILTERS)[number];

/** Rows that a list grows by; thousands at once would make the page slow. */
const ROWS = 100;

const TONES = { added: 'good', unchanged: 'plain', refused: 'bad' } as const;

/** How far an enrolment is, and what became of each photo. */
export function EnrolProgress() {
  const t = useTexts();
  const format = useFormat();
  const { state, start, stop } = useEnrolment();
  const { phase, outcomes, total, waiting, gallery } = state;
  const done = outcomes.length;
  const refused = outcomes.filter(({ outcome }) => outcome === 'refused');
  const running = phase === 'running';
  return (
    <Stack>
      <Panel>
        <Stack gap="sm">
          <Group justify="space-between" wrap="nowrap">
            <div role="status">
              <Title order={2}>
                {running
                  ? t.enrol.running(format.number(done), format.number(total))
                  : phase === 'done'
                    ? t.enrol.doneTitle
                    : t.enrol.stoppedTitle}
              </Title>
            </div>
            {running ? (
              <Button variant="default" onClick={stop}>
                {t.enrol.stop}
              </Button>
            ) : (
              <Group gap="xs">
                {refused.length > 0 && (
                  <Button variant="default" onClick={retry}>
                    {t.enrol.retryRefused}
                  </Button>
                )}
                <Button component={Link} href={viewPath(gallery, 'people')}>
                  {t.enrol.showPeople}
                </Button>
              </Group>
            )}
          </Group>
          <Progress
            value={total === 0 ? 100 : (100 * done) / total}
            aria-label={t.enrol.progress}
            color={phase === 'done' ? 'teal' : 'indigo'}
            animated={running}
          />
          <Group gap="lg">
            {(['added', 'unchanged', 'refused'] as const).map((outcome) => (
              <Text size="sm" key={outcome}>
                <Text span fw={600}>
                  {format.number(countOf(outcomes, outcome))}
                </Text>{' '}
                <Text span c="dimmed">
                  {t.enrol.outcome[outcome]}
                </Text>
              </Text>
            ))}
            {running && !waiting && done > 3 && (
              <Text size="sm" c="dimmed">
                {t.enrol.left(format.duration(msLeft(state.startedAt, { done, total })))}
              </Text>
            )}
          </Group>
          {waiting && (
            <Text size="sm" role="status">
              {t.enrol.waiting}
            </Text>
          )}
          {state.error && <ProblemAlert error={state.error} />}
        </Stack>
      </Panel>
      <Outcomes outcomes={outcomes} />
    </Stack>
  );

  function retry(): void {
    void start(
      refused.map(({ photo }) => photo),
      { gallery, faces: state.faces },
    );
  }
}

function Outcomes({ outcomes }: { outcomes: readonly Outcome[] }) {
  const t = useTexts();
  const format = useFormat();
  const [filter, setFilter] = useState<Filter>('all');
  const [rows, setRows] = useState(ROWS);
  // The latest first: that is where something happens. By number, since paths may be the same.
  const shown = outcomes
    .map((outcome, number) => ({ outcome, number }))
    .filter(({ outcome: { outcome } }) => filter === 'all' || outcome === filter)
    .toReversed();
  return (
    <Panel p={0}>
      <Group justify="space-between" p="md" gap="xs">
        <Title order={2}>{t.enrol.outcomes}</Title>
        <SegmentedControl
          size="xs"
          aria-label={t.enrol.outcomes}
          value={filter}
          onChange={(value) => setFilter(value as Filter)}
          data={FILTERS.map((value) => ({
            value,
            label: `${t.enrol.outcome[value]} ${format.number(
              value === 'all' ? outcomes.length : countOf(outcomes, value),
            )}`,
          }))}
        />
      </Group>
      {shown.length === 0 && (
        <Text size="sm" c="dimmed" px="md" pb="md">
          {t.enrol.noOutcomes}
        </Text>
      )}
      <ul className={classes.list}>
        {shown.slice(0, rows).map(({ outcome, number }) => (
          <OutcomeRow key={number} outcome={outcome} />
        ))}
      </ul>
      {shown.length > rows && (
        <Group justify="center" p="md">
          <Button variant="default" onClick={() => setRows(rows + ROWS)}>
            {t.common.more}
          </Button>
        </Group>
      )}
    </Panel>
  );
}

function OutcomeRow({ outcome: { photo, outcome, facesSeen, error } }: { outcome: Outcome }) {
  const t = useTexts();
  const format = useFormat();
  const wordsOf = useProblemWords();
  const words = error && wordsOf(error);
  return (
    <li className={classes.row}>
      <div className={classes.what}>
        <Text size="sm">{photo.path}</Text>
        <Text size="xs" c="dimmed">
          {words
            ? words.title
            : [
                photo.person ?? t.common.nobody,
                t.enrol.facesSeen(facesSeen ?? 0, format.number(facesSeen ?? 0)),
              ].join(' · ')}
          {words?.detail && <span lang="en"> · {words.detail}</span>}
        </Text>
      </div>
      <StateBadge tone={TONES[outcome]}>{t.enrol.outcome[outcome]}</StateBadge>
    </li>
  );
}

function countOf(outcomes: readonly Outcome[], wanted: Outcome['outcome']): number {
  return outcomes.filter(({ outcome }) => outcome === wanted).length;
}

function msLeft(startedAt: number, { done, total }: { done: number; total: number }): number {
  return ((performance.now() - startedAt) / done) * (total - done);
}

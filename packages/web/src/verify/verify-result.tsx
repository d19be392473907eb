import { Group, Text, Title } from '@mantine/core';
import { Check, X } from 'lucide-react';
import type { Verification } from '../api/types.js';
import { useFormat, useTexts } from '../i18n/language.js';
import { Panel } from '../ui/panel.js';
import classes from './verify-view.module.css';

/** Distances end at 2. */
const FARTHEST = 2;

/** The answer, and where it lies on the scale of distances. */
export function VerifyResult({ result }: { result: Verification }) {
  const t = useTexts();
  const format = useFormat();
  const { same, distance, similarity, threshold, falseMatchRate } = result;
  const Icon = same ? Check : X;
  const facts = [
    [t.common.distance, format.distance(distance)],
    [t.common.similarity, format.distance(similarity)],
    [t.verify.threshold, format.distance(threshold)],
  ] as const;
  return (
    <Panel>
      <div className={classes.result}>
        <div className={classes.verdict} data-same={same || undefined} role="status">
          <Icon size={26} aria-hidden />
          <Title order={2}>{same ? t.verify.same : t.verify.different}</Title>
        </div>
        <div
          className={classes.scale}
          style={{ '--threshold': `${(100 * threshold) / FARTHEST}%` } as React.CSSProperties}
          role="img"
          aria-label={t.verify.scale(format.distance(distance), format.distance(threshold))}
        >
          <span className={classes.needle} style={{ left: `${(100 * distance) / FARTHEST}%` }} />
        </div>
        <Group gap="xl" justify="center">
          {facts.map(([label, value]) => (
            <div key={label}>
              <Text size="xs" c="dimmed" ta="center">
                {label}
              </Text>
              <Text fw={600} ta="center">
                {value}
              </Text>
            </div>
          ))}
        </Group>
        <Text size="xs" c="dimmed" ta="center">
          {falseMatchRate && falseMatchRate.rate > 0 && (
            <>
              {t.search.falseMatch(
                format.rough(1 / falseMatchRate.rate),
                falseMatchRate.kind === 'at-most',
              )}
              {' · '}
            </>
          )}
          {t.verify.largest}
        </Text>
      </div>
    </Panel>
  );
}

import { Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { Panel } from '../ui/panel.js';
import classes from './facts.module.css';

/** A label, its value, and, small, what is to be said of it. */
export type Fact = readonly [label: string, value: string, note?: string];

interface FactsProps {
  readonly title: string;
  readonly facts: readonly Fact[];
  readonly children?: ReactNode;
}

/** A panel of labelled values. */
export function Facts({ title, facts, children }: FactsProps) {
  return (
    <Panel>
      <Stack gap="sm">
        <Title order={2}>{title}</Title>
        {facts.length > 0 && (
          <dl className={classes.facts}>
            {facts.map(([label, value, note]) => (
              <div key={label}>
                <dt>{label}</dt>
                <dd>
                  {value}
                  {note && (
                    <Text size="xs" c="dimmed" component="p" m={0}>
                      {note}
                    </Text>
                  )}
                </dd>
              </div>
            ))}
          </dl>
        )}
        {children}
      </Stack>
    </Panel>
  );
}

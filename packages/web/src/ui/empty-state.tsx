import { Stack, Text, Title } from '@mantine/core';
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import classes from './empty-state.module.css';

interface EmptyStateProps {
  readonly icon: LucideIcon;
  readonly title: string;
  readonly text?: ReactNode;
  readonly role?: 'alert' | 'status';
  /** What one can do about it. */
  readonly children?: ReactNode;
}

/** Why there is nothing to see, and what to do about it. */
export function EmptyState({ icon: Icon, title, text, role, children }: EmptyStateProps) {
  return (
    <Stack align="center" gap="xs" py="var(--empty-space, 48px)" px="md" ta="center" role={role}>
      <div className={classes.icon}>
        <Icon size={26} strokeWidth={1.6} aria-hidden />
      </div>
      <Title order={2} mt={4}>
        {title}
      </Title>
      {text && (
        <Text c="dimmed" size="sm" maw={440} className={classes.text}>
          {text}
        </Text>
      )}
      {children && <div className={classes.action}>{children}</div>}
    </Stack>
  );
}

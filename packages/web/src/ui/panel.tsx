import { Paper, type PaperProps } from '@mantine/core';
import type { ReactNode } from 'react';

/** A bordered surface that groups what belongs together. */
export function Panel({ children, ...props }: PaperProps & { children: ReactNode }) {
  return (
    <Paper withBorder p="md" {...props} style={{ borderColor: 'var(--facedex-line)' }}>
      {children}
    </Paper>
  );
}

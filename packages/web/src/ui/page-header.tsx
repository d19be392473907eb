import { Group, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';

interface PageHeaderProps {
  readonly title: string;
  readonly text?: ReactNode;
  /** What one can do on this view. */
  readonly children?: ReactNode;
}

/** A view's heading; it names the browser's tab, too. */
export function PageHeader({ title, text, children }: PageHeaderProps) {
  useDocumentTitle(`${title} · facedex`);
  return (
    <Group justify="space-between" align="flex-end" gap="sm" mb="md" mih={36}>
      <Stack gap={2} style={{ minWidth: 0 }}>
        <Title order={1}>{title}</Title>
        {text && (
          <Text size="sm" c="dimmed" component="div">
            {text}
          </Text>
        )}
      </Stack>
      {children && <Group gap="xs">{children}</Group>}
    </Group>
  );
}

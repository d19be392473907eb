import { Group, Loader, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useHealth } from '../api/use-health.js';
import { useTexts } from '../i18n/language.js';
import classes from './offline-banner.module.css';

/** Says so while the service does not answer, and loads anew what failed once it does again. */
export function OfflineBanner() {
  const t = useTexts();
  const queries = useQueryClient();
  const health = useHealth();
  const wasDown = useRef(false);
  useEffect(() => {
    if (health === 'up' && wasDown.current) {
      void queries.invalidateQueries({ predicate: (query) => query.state.status === 'error' });
    }
    wasDown.current = health === 'down';
  }, [health, queries]);
  return (
    <div role="status">
      {health === 'down' && (
        <Group className={classes.banner} gap="xs" justify="center">
          <Loader size={14} color="currentColor" aria-hidden />
          <Text size="sm" fw={500}>
            {t.offline.banner}
          </Text>
        </Group>
      )}
    </div>
  );
}

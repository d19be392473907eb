import { Button, Group, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Gauge } from 'lucide-react';
import { useClient } from '../api/session.js';
import { useFormat, useTexts } from '../i18n/language.js';
import { useGalleryName } from '../shell/gallery-context.js';
import { ProblemAlert } from '../ui/problem-alert.js';
import { Facts } from './facts.js';
import { measureSearch } from './measure-search.js';

/** How fast searches are, measured when one asks. */
export function Speed() {
  const t = useTexts();
  const format = useFormat();
  const client = useClient();
  const gallery = useGalleryName();
  const measure = useMutation({ mutationFn: () => measureSearch(client, gallery) });
  return (
    <Facts
      title={t.status.speed}
      facts={
        measure.data
          ? [
              [t.status.searchTime, format.duration(measure.data.searchMs)],
              [t.status.roundTrip, format.duration(measure.data.roundTripMs)],
            ]
          : []
      }
    >
      {measure.error && <ProblemAlert error={measure.error} />}
      <Group justify="space-between" gap="xs">
        <Text size="sm" c="dimmed">
          {t.status.measureText}
        </Text>
        <Button
          size="xs"
          variant="default"
          leftSection={<Gauge size={15} aria-hidden />}
          loading={measure.isPending}
          onClick={() => measure.mutate()}
        >
          {t.status.measure}
        </Button>
      </Group>
    </Facts>
  );
}

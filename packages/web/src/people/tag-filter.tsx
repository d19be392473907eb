import { Button, Group } from '@mantine/core';
import { Tag } from 'lucide-react';
import { useTexts } from '../i18n/language.js';
import { useKnownTags } from './use-known-tags.js';

/** More would be a wall; the others are found on the people who have them. */
const SHOWN = 20;

interface TagFilterProps {
  /** Empty: everybody. */
  readonly tag: string;
  readonly onTag: (tag: string) => void;
}

/** Shows only who has a tag; a second press shows everybody again. */
export function TagFilter({ tag, onTag }: TagFilterProps) {
  const t = useTexts();
  const known = useKnownTags().slice(0, SHOWN);
  const shown = tag === '' || known.includes(tag) ? known : [tag, ...known];
  if (shown.length === 0) return undefined;
  return (
    <Group gap={6} mb="md" role="group" aria-label={t.people.tagFilter}>
      <Tag size={15} color="var(--mantine-color-dimmed)" aria-hidden />
      {shown.map((one) => (
        <Button
          key={one}
          size="compact-sm"
          radius="xl"
          maw={220}
          variant={one === tag ? 'filled' : 'default'}
          aria-pressed={one === tag}
          onClick={() => onTag(one === tag ? '' : one)}
        >
          {one}
        </Button>
      ))}
    </Group>
  );
}

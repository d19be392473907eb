import { Button, Group } from '@mantine/core';
import { Tag } from 'lucide-react';
import { Link } from 'wouter';
import { useTexts } from '../i18n/language.js';
import { useGalleryName } from '../shell/gallery-context.js';
import { taggedPath } from '../shell/views.js';

interface TagListProps {
  readonly tags: readonly string[];
  /** None: they can only be followed. */
  readonly onEdit: (() => void) | undefined;
}

/** A person's tags, each leads to all who have it; and the way to change them. */
export function TagList({ tags, onEdit }: TagListProps) {
  const t = useTexts();
  const gallery = useGalleryName();
  if (tags.length === 0 && !onEdit) return undefined;
  return (
    <Group gap={6} mt={8}>
      {tags.map((tag) => (
        <Button
          key={tag}
          component={Link}
          href={taggedPath(gallery, tag)}
          size="compact-xs"
          radius="xl"
          variant="default"
          maw={200}
          title={t.people.showTagged(tag)}
        >
          {tag}
        </Button>
      ))}
      {onEdit && (
        <Button
          size="compact-xs"
          radius="xl"
          variant="subtle"
          leftSection={<Tag size={13} aria-hidden />}
          onClick={onEdit}
        >
          {tags.length === 0 ? t.people.addTags : t.people.editTags}
        </Button>
      )}
    </Group>
  );
}

import { Button, Group, TagsInput } from '@mantine/core';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { ask } from '../api/ask.js';
import { useClient } from '../api/session.js';
import type { Person } from '../api/types.js';
import { useChange } from '../api/use-change.js';
import { useTexts } from '../i18n/language.js';
import { useGalleryName } from '../shell/gallery-context.js';
import { FormDialog } from '../ui/form-dialog.js';
import { useKnownTags } from './use-known-tags.js';

/** What the service takes. */
const MOST_TAGS = 100;
const LONGEST_TAG = 100;

/** Tags of others to choose from. */
const OFFERED = 12;

/** Which words stand for a person. */
export function TagsDialog({ person, onClose }: { person: Person; onClose: () => void }) {
  const t = useTexts();
  const client = useClient();
  const gallery = useGalleryName();
  const [tags, setTags] = useState(person.tags);
  const offered = useKnownTags()
    .filter((tag) => !tags.includes(tag))
    .slice(0, OFFERED);
  const save = useChange(
    () =>
      ask(
        client.PATCH('/v1/galleries/{gallery}/people/{person}', {
          params: { path: { gallery, person: person.id } },
          body: { tags },
        }),
      ),
    { done: () => t.people.tagsSaved, onDone: onClose },
  );
  return (
    <FormDialog
      title={t.people.tagsTitle(person.name)}
      busy={save.isPending}
      onSubmit={() => save.mutate(undefined)}
      onClose={onClose}
    >
      <TagsInput
        label={t.people.tags}
        description={t.people.tagsHint}
        value={tags}
        onChange={setTags}
        splitChars={[',', '，', '、']}
        maxTags={MOST_TAGS}
        maxLength={LONGEST_TAG}
        data-autofocus
      />
      {offered.length > 0 && (
        <Group gap={6} role="group" aria-label={t.people.knownTags}>
          {offered.map((tag) => (
            <Button
              key={tag}
              size="compact-xs"
              radius="xl"
              variant="default"
              maw={200}
              leftSection={<Plus size={12} aria-hidden />}
              onClick={() => setTags([...tags, tag])}
            >
              {tag}
            </Button>
          ))}
        </Group>
      )}
    </FormDialog>
  );
}

import { Badge, Button, Group, SegmentedControl, Stack, Switch, Text, Title } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useFormat, useTexts } from '../i18n/language.js';
import { useGalleryName } from '../shell/gallery-context.js';
import { Panel } from '../ui/panel.js';
import { PersonInput } from '../ui/person-input.js';
import { type FaceRule, useEnrolment } from './enrolment.js';
import { type PickedFile, planEnrolment } from './plan.js';

const RULES = ['largest', 'all', 'reject'] as const;

/** Names shown of a plan; the rest are counted. */
const NAMES_SHOWN = 30;

/** What would be enrolled, before anything is sent. */
export function EnrolPlan({
  files,
  onClear,
}: {
  files: readonly PickedFile[];
  onClear: () => void;
}) {
  const t = useTexts();
  const format = useFormat();
  const gallery = useGalleryName();
  const { start } = useEnrolment();
  const [foldersArePeople, setFoldersArePeople] = useState(true);
  const [person, setPerson] = useState('');
  const [faces, setFaces] = useState<FaceRule>('largest');
  const plan = useMemo(() => planEnrolment(files, { foldersArePeople }), [files, foldersArePeople]);
  const nobodys = plan.photos.filter((photo) => photo.person === undefined).length;
  const named = plan.photos.length - nobodys;
  const inFolders = files.some(({ path }) => path.includes('/'));
  const count = (n: number) => t.common.photos(n, format.number(n));
  return (
    <Panel>
      <Stack>
        <div>
          <Title order={2} mb={4}>
            {t.enrol.planTitle}
          </Title>
          {named > 0 && (
            <Text size="sm">
              {t.enrol.planPhotos(
                count(named),
                t.common.people(plan.people.length, format.number(plan.people.length)),
              )}
            </Text>
          )}
          {nobodys > 0 && <Text size="sm">{t.enrol.planNobody(count(nobodys))}</Text>}
          {plan.ignored > 0 && (
            <Text size="sm" c="dimmed">
              {t.enrol.planIgnored(plan.ignored, format.number(plan.ignored))}
            </Text>
          )}
        </div>
        {plan.people.length > 0 && (
          <Group gap={6}>
            {plan.people.slice(0, NAMES_SHOWN).map((name) => (
              <Badge key={name} variant="default" tt="none" fw={500} size="lg" maw={220}>
                {name}
              </Badge>
            ))}
            {plan.people.length > NAMES_SHOWN && (
              <Text size="sm" c="dimmed">
                +{format.number(plan.people.length - NAMES_SHOWN)}
              </Text>
            )}
          </Group>
        )}
        {inFolders && (
          <Switch
            checked={foldersArePeople}
            onChange={(event) => setFoldersArePeople(event.currentTarget.checked)}
            label={t.enrol.foldersArePeople}
            description={t.enrol.foldersArePeopleHint}
          />
        )}
        {nobodys > 0 && (
          <PersonInput
            label={t.enrol.person}
            description={t.enrol.personHint}
            value={person}
            onChange={setPerson}
            maw={520}
          />
        )}
        {(named > 0 || person.trim() !== '') && (
          <div>
            <Text size="sm" fw={500} mb={4} id="face-rule">
              {t.enrol.faces}
            </Text>
            <SegmentedControl
              aria-labelledby="face-rule"
              value={faces}
              onChange={(rule) => setFaces(rule as FaceRule)}
              data={RULES.map((rule) => ({ value: rule, label: t.enrol.faceRules[rule] }))}
            />
          </div>
        )}
        <Group gap="xs">
          <Button onClick={begin}>{t.enrol.start}</Button>
          <Button variant="default" onClick={onClear}>
            {t.enrol.clear}
          </Button>
        </Group>
      </Stack>
    </Panel>
  );

  function begin(): void {
    const forAll = person.trim() || undefined;
    const photos = plan.photos.map((photo) => ({ ...photo, person: photo.person ?? forAll }));
    void start(photos, { gallery, faces });
  }
}

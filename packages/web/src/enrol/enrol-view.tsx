import { Button } from '@mantine/core';
import { ShieldAlert } from 'lucide-react';
import { useState } from 'react';
import { useMay } from '../api/queries.js';
import { useTexts } from '../i18n/language.js';
import { EmptyState } from '../ui/empty-state.js';
import { PageHeader } from '../ui/page-header.js';
import { EnrolPicker } from './enrol-picker.js';
import { EnrolPlan } from './enrol-plan.js';
import { EnrolProgress } from './enrol-progress.js';
import { useEnrolment } from './enrolment.js';
import type { PickedFile } from './plan.js';

/** Photos become people of the gallery: pick files, look at the plan, watch the progress. */
export function EnrolView() {
  const t = useTexts();
  const mayEnrol = useMay('enrol');
  const { state, clear } = useEnrolment();
  const [files, setFiles] = useState<readonly PickedFile[]>();
  const started = state.phase !== 'idle';
  return (
    <>
      <PageHeader title={t.enrol.title} text={t.enrol.consent}>
        {started && state.phase !== 'running' && (
          <Button
            variant="default"
            onClick={() => {
              setFiles(undefined);
              clear();
            }}
          >
            {t.enrol.again}
          </Button>
        )}
      </PageHeader>
      {!mayEnrol ? (
        <EmptyState icon={ShieldAlert} title={t.common.notAllowed} />
      ) : started ? (
        <EnrolProgress />
      ) : files !== undefined && files.length > 0 ? (
        <EnrolPlan files={files} onClear={() => setFiles(undefined)} />
      ) : (
        <EnrolPicker onFiles={setFiles} />
      )}
    </>
  );
}

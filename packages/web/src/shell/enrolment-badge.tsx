import { Button } from '@mantine/core';
import type { CSSProperties } from 'react';
import { Link } from 'wouter';
import { useEnrolment } from '../enrol/enrolment.js';
import { useFormat, useTexts } from '../i18n/language.js';
import classes from './enrolment-badge.module.css';
import { viewPath } from './views.js';

/** That photos are being enrolled, seen from every view; leads to the progress. */
export function EnrolmentBadge() {
  const t = useTexts();
  const format = useFormat();
  const { state } = useEnrolment();
  if (state.phase !== 'running') return undefined;
  const fraction = state.outcomes.length / state.total;
  const label = t.enrol.badge(format.percent(fraction));
  return (
    <Button
      component={Link}
      href={viewPath(state.gallery, 'enrol')}
      variant="subtle"
      size="compact-sm"
      leftSection={
        <span
          className={classes.ring}
          style={{ '--done': `${fraction * 100}%` } as CSSProperties}
          aria-hidden
        />
      }
    >
      {label}
    </Button>
  );
}

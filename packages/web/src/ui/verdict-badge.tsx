import { useTexts } from '../i18n/language.js';
import classes from './verdict-badge.module.css';

/** Known or unknown: by word and form, not by colour alone. */
export function VerdictBadge({ known }: { known: boolean }) {
  const t = useTexts();
  return (
    <span className={classes.badge} data-known={known || undefined}>
      {known ? t.common.known : t.common.unknown}
    </span>
  );
}

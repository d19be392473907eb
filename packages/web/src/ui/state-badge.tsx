import classes from './state-badge.module.css';

interface StateBadgeProps {
  readonly tone: 'good' | 'plain' | 'bad';
  readonly children: string;
}

/** A state: by word and form, not by colour alone. */
export function StateBadge({ tone, children }: StateBadgeProps) {
  return (
    <span className={classes.badge} data-tone={tone}>
      {children}
    </span>
  );
}

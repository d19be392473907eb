import { Notifications } from '@mantine/notifications';
import '@mantine/notifications/styles.css';

/** Where it is said what was done, and what was refused. */
export function Notices() {
  return <Notifications position="top-right" limit={4} />;
}

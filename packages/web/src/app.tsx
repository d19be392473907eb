import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { SessionProvider } from './api/session.js';
import { LanguageProvider } from './i18n/language.js';
import { ErrorBoundary } from './shell/error-boundary.js';
import { Gate } from './shell/gate.js';
import { cssVariables, theme } from './theme.js';

/** The whole page. */
export function App() {
  return (
    <LanguageProvider>
      <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
        <Notifications position="top-right" limit={4} />
        <ErrorBoundary>
          <SessionProvider>
            <Gate />
          </SessionProvider>
        </ErrorBoundary>
      </MantineProvider>
    </LanguageProvider>
  );
}

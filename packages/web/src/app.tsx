import { MantineProvider } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { SessionProvider } from './api/session.js';
import { LanguageProvider, type LanguageTexts } from './i18n/language.js';
import { ErrorBoundary } from './shell/error-boundary.js';
import { Gate } from './shell/gate.js';
import { cssVariables, theme } from './theme.js';

const Notices = lazy(async () => ({ default: (await import('./shell/notices.js')).Notices }));

/** The whole page, at first in this language. */
export function App({ first }: { first: LanguageTexts }) {
  return (
    <LanguageProvider first={first}>
      <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
        <ErrorBoundary>
          <Suspense>
            <Notices />
          </Suspense>
          <SessionProvider>
            <Gate />
          </SessionProvider>
        </ErrorBoundary>
      </MantineProvider>
    </LanguageProvider>
  );
}

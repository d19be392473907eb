import type { ReactNode } from 'react';
import { useTexts } from '../i18n/language.js';
import { Panel } from '../ui/panel.js';
import classes from './full-screen.module.css';

/** The page where no gallery is open: who one is with, and what is to be done first. */
export function FullScreen({ children }: { children: ReactNode }) {
  const t = useTexts();
  return (
    <main className={classes.screen}>
      <div className={classes.logo}>
        <img src="/favicon.svg" width={32} height={32} alt="" />
        {t.appName}
      </div>
      <Panel w="100%" maw={440} p="xl" radius="lg">
        {children}
      </Panel>
    </main>
  );
}

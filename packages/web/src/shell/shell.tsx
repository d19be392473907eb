import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useTexts } from '../i18n/language.js';
import { EnrolmentBadge } from './enrolment-badge.js';
import { GalleryButton } from './gallery-button.js';
import { useGalleryName } from './gallery-context.js';
import { useLoadAhead } from './load-ahead.js';
import { OfflineBanner } from './offline-banner.js';
import { SettingsButton } from './settings-button.js';
import classes from './shell.module.css';
import { useNoHeldEnter } from './use-no-held-enter.js';
import { useNoStrayDrops } from './use-no-stray-drops.js';
import { VIEW_ICONS, VIEWS, viewPath } from './views.js';

/** What surrounds every view: the gallery, the navigation, the settings. */
export function Shell({ view, children }: { view: string; children: ReactNode }) {
  const t = useTexts();
  const gallery = useGalleryName();
  useNoStrayDrops();
  useNoHeldEnter();
  useLoadAhead();
  return (
    <>
      <a className="skip-link" href="#content">
        {t.skipToContent}
      </a>
      <div className={classes.shell}>
        <header className={classes.header}>
          <Link href={viewPath(gallery, 'search')} className={classes.logo}>
            <img src="/favicon.svg" width={24} height={24} alt="" />
            <span>{t.appName}</span>
          </Link>
          <GalleryButton view={view} />
          <div className={classes.tools}>
            <EnrolmentBadge />
            <SettingsButton />
          </div>
        </header>
        <nav className={classes.navigation} aria-label={t.nav.label}>
          {VIEWS.map((name) => {
            const Icon = VIEW_ICONS[name];
            return (
              <Link
                key={name}
                href={viewPath(gallery, name)}
                className={classes.link}
                aria-current={name === view ? 'page' : undefined}
              >
                <Icon strokeWidth={1.8} aria-hidden />
                <span>{t.nav[name]}</span>
              </Link>
            );
          })}
        </nav>
        <main className={classes.main} id="content" tabIndex={-1}>
          <div className={classes.content}>
            <OfflineBanner />
            {children}
          </div>
        </main>
      </div>
    </>
  );
}

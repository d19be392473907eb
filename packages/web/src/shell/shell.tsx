import { AppShell, Group, NavLink, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useTexts } from '../i18n/language.js';
import { EnrolmentBadge } from './enrolment-badge.js';
import { useGalleryName } from './gallery-context.js';
import { GalleryMenu } from './gallery-menu.js';
import { OfflineBanner } from './offline-banner.js';
import { SettingsMenu } from './settings-menu.js';
import classes from './shell.module.css';
import { useNoStrayDrops } from './use-no-stray-drops.js';
import { VIEW_ICONS, VIEWS, viewPath } from './views.js';

/** What surrounds every view: the gallery, the navigation, the settings. */
export function Shell({ view, children }: { view: string; children: ReactNode }) {
  const t = useTexts();
  const gallery = useGalleryName();
  useNoStrayDrops();
  return (
    <>
      <a className="skip-link" href="#content">
        {t.skipToContent}
      </a>
      <AppShell
        header={{ height: 56 }}
        navbar={{ width: 200, breakpoint: 'sm', collapsed: { mobile: true } }}
        footer={{ height: { base: 60, sm: 0 } }}
        padding={{ base: 'md', sm: 'lg' }}
        classNames={classes}
      >
        <AppShell.Header>
          <Group h="100%" px="md" justify="space-between" wrap="nowrap" gap="xs">
            <Group gap="sm" wrap="nowrap" style={{ minWidth: 0 }}>
              <Link href={viewPath(gallery, 'search')} className={classes.logo}>
                <img src="/favicon.svg" width={24} height={24} alt="" />
                <Text fw={650} visibleFrom="xs" component="span">
                  {t.appName}
                </Text>
              </Link>
              <GalleryMenu view={view} />
            </Group>
            <Group gap="xs" wrap="nowrap">
              <EnrolmentBadge />
              <SettingsMenu />
            </Group>
          </Group>
        </AppShell.Header>
        <AppShell.Navbar p="xs" aria-label={t.nav.label}>
          {VIEWS.map((name) => {
            const Icon = VIEW_ICONS[name];
            return (
              <NavLink
                key={name}
                component={Link}
                href={viewPath(gallery, name)}
                label={t.nav[name]}
                leftSection={<Icon size={18} strokeWidth={1.8} aria-hidden />}
                active={name === view}
                aria-current={name === view ? 'page' : undefined}
                className={classes.link}
              />
            );
          })}
        </AppShell.Navbar>
        <AppShell.Main id="content" tabIndex={-1}>
          <OfflineBanner />
          <div className={classes.content}>{children}</div>
        </AppShell.Main>
        <AppShell.Footer hiddenFrom="sm" withBorder>
          <nav className={classes.tabs} aria-label={t.nav.label}>
            {VIEWS.map((name) => {
              const Icon = VIEW_ICONS[name];
              return (
                <Link
                  key={name}
                  href={viewPath(gallery, name)}
                  className={classes.tab}
                  aria-current={name === view ? 'page' : undefined}
                >
                  <Icon size={20} strokeWidth={1.8} aria-hidden />
                  <span>{t.nav[name]}</span>
                </Link>
              );
            })}
          </nav>
        </AppShell.Footer>
      </AppShell>
    </>
  );
}

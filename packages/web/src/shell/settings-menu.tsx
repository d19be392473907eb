import { type MantineColorScheme, Menu, useMantineColorScheme } from '@mantine/core';
import { BookOpen, Check, LogOut, Monitor, Moon, Sun } from 'lucide-react';
import { useMe } from '../api/queries.js';
import { useSession } from '../api/session.js';
import { type Language, useLanguage } from '../i18n/language.js';
import type { MenuProps } from './menu-later.js';

const SCHEMES = { auto: Monitor, light: Sun, dark: Moon };

/** Each language in itself, so that whoever can't read the page's finds their own. */
const LANGUAGES: Readonly<Record<Language, string>> = { en: 'English', 'zh-CN': '简体中文' };

/** Language, colours, and the key. */
export function SettingsMenu({ button, defaultOpened }: MenuProps) {
  const { language, setLanguage, texts: t } = useLanguage();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { key, setKey } = useSession();
  const me = useMe().data;
  return (
    <Menu position="bottom-end" width={220} defaultOpened={defaultOpened}>
      <Menu.Target>{button}</Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t.header.language}</Menu.Label>
        {Object.entries(LANGUAGES).map(([one, name]) => (
          <Menu.Item
            key={one}
            lang={one}
            onClick={() => setLanguage(one as Language)}
            rightSection={one === language && <Check size={16} aria-hidden />}
          >
            {name}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Label>{t.header.scheme}</Menu.Label>
        {(Object.keys(SCHEMES) as MantineColorScheme[]).map((one) => {
          const Icon = SCHEMES[one];
          return (
            <Menu.Item
              key={one}
              leftSection={<Icon size={16} aria-hidden />}
              onClick={() => setColorScheme(one)}
              rightSection={one === colorScheme && <Check size={16} aria-hidden />}
            >
              {t.header.schemes[one]}
            </Menu.Item>
          );
        })}
        <Menu.Divider />
        <Menu.Item
          component="a"
          href="/docs/"
          target="_blank"
          rel="noreferrer"
          leftSection={<BookOpen size={16} aria-hidden />}
        >
          {t.header.apiReference}
        </Menu.Item>
        {key !== undefined && (
          <>
            <Menu.Divider />
            {me && <Menu.Label>{t.header.role(me.role)}</Menu.Label>}
            <Menu.Item
              leftSection={<LogOut size={16} aria-hidden />}
              onClick={() => setKey(undefined)}
            >
              {t.header.forgetKey}
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

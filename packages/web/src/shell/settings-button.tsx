import { ActionIcon } from '@mantine/core';
import { Settings } from 'lucide-react';
import { lazy } from 'react';
import { useTexts } from '../i18n/language.js';
import { MenuLater } from './menu-later.js';

const SettingsMenu = lazy(async () => ({
  default: (await import('./settings-menu.js')).SettingsMenu,
}));

/** Opens the menu of language, colours and key. */
export function SettingsButton() {
  const t = useTexts();
  return (
    <MenuLater
      button={
        <ActionIcon
          variant="subtle"
          color="gray"
          c="inherit"
          size="lg"
          aria-label={t.header.menu}
          aria-haspopup="menu"
        >
          <Settings size={20} strokeWidth={1.8} aria-hidden />
        </ActionIcon>
      }
    >
      {(props) => <SettingsMenu {...props} />}
    </MenuLater>
  );
}

import { Button, Text } from '@mantine/core';
import { ChevronDown } from 'lucide-react';
import { lazy } from 'react';
import { useTexts } from '../i18n/language.js';
import { useGalleryName } from './gallery-context.js';
import { MenuLater } from './menu-later.js';

const GalleryMenu = lazy(async () => ({
  default: (await import('./gallery-menu.js')).GalleryMenu,
}));

/** Which gallery is open; its menu opens others. */
export function GalleryButton({ view }: { view: string }) {
  const t = useTexts();
  const gallery = useGalleryName();
  return (
    <MenuLater
      button={
        <Button
          variant="subtle"
          color="gray"
          c="inherit"
          px="xs"
          rightSection={<ChevronDown size={16} aria-hidden />}
          aria-label={`${t.header.gallery}: ${gallery}`}
          aria-haspopup="menu"
          style={{ minWidth: 0 }}
        >
          <Text truncate maw={{ base: 150, sm: 260 }} size="sm" fw={500}>
            {gallery}
          </Text>
        </Button>
      }
    >
      {(props) => <GalleryMenu view={view} {...props} />}
    </MenuLater>
  );
}

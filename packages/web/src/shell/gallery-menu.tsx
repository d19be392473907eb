import { Menu } from '@mantine/core';
import { Check, Plus } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { useLocation } from 'wouter';
import { useGalleries, useMay } from '../api/queries.js';
import { useTexts } from '../i18n/language.js';
import { useGalleryName } from './gallery-context.js';
import type { MenuProps } from './menu-later.js';
import { VIEWS, viewPath } from './views.js';

const NewGalleryDialog = lazy(async () => ({
  default: (await import('./new-gallery-dialog.js')).NewGalleryDialog,
}));

interface GalleryMenuProps extends MenuProps {
  readonly view: string;
}

/** Other galleries to be opened, or to be made. */
export function GalleryMenu({ view, button, defaultOpened }: GalleryMenuProps) {
  const t = useTexts();
  const gallery = useGalleryName();
  const galleries = useGalleries().data ?? [];
  const mayCreate = useMay('admin');
  const [, navigate] = useLocation();
  const [creating, setCreating] = useState(false);
  const same = VIEWS.find((name) => name === view) ?? 'search';
  return (
    <>
      <Menu position="bottom-start" width={240} defaultOpened={defaultOpened}>
        <Menu.Target>{button}</Menu.Target>
        <Menu.Dropdown mah={400} style={{ overflowY: 'auto' }}>
          <Menu.Label>{t.header.gallery}</Menu.Label>
          {galleries.map(({ name }) => (
            <Menu.Item
              key={name}
              onClick={() => navigate(viewPath(name, same))}
              rightSection={name === gallery && <Check size={16} aria-hidden />}
            >
              {name}
            </Menu.Item>
          ))}
          {mayCreate && (
            <>
              <Menu.Divider />
              <Menu.Item
                leftSection={<Plus size={16} aria-hidden />}
                onClick={() => setCreating(true)}
              >
                {t.header.newGallery}
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      {creating && (
        <Suspense>
          <NewGalleryDialog onClose={() => setCreating(false)} />
        </Suspense>
      )}
    </>
  );
}

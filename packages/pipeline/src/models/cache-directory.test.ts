import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultCacheDirectory } from './cache-directory.js';

describe('the cache folder', () => {
  it('is $FACEDEX_CACHE wherever that is set', () => {
    const environment = { FACEDEX_CACHE: '/elsewhere', XDG_CACHE_HOME: '/xdg' };
    expect(defaultCacheDirectory(environment, 'linux')).toBe('/elsewhere');
    expect(defaultCacheDirectory(environment, 'win32')).toBe('/elsewhere');
  });

  it('else lies in the folder that the XDG variable names', () => {
    expect(defaultCacheDirectory({ XDG_CACHE_HOME: '/xdg' }, 'linux')).toBe(
      join('/xdg', 'facedex'),
    );
  });

  it.each([
    ['linux', join(homedir(), '.cache', 'facedex')],
    ['darwin', join(homedir(), 'Library', 'Caches', 'facedex')],
    ['win32', join(homedir(), 'AppData', 'Local', 'facedex', 'Cache')],
  ] as const)('else is the usual one on %s', (platform, expected) => {
    expect(defaultCacheDirectory({ FACEDEX_CACHE: '' }, platform)).toBe(expected);
  });
});

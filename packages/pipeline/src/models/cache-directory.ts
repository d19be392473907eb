import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Where facedex keeps what it can make again: `$FACEDEX_CACHE`, else the system's cache folder
 * (`$XDG_CACHE_HOME/facedex` or `~/.cache/facedex`; macOS `~/Library/Caches/facedex`; Windows
 * `%LOCALAPPDATA%\facedex\Cache`).
 */
export function defaultCacheDirectory(
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  if (environment.FACEDEX_CACHE) return environment.FACEDEX_CACHE;
  if (platform === 'win32') {
    const local = environment.LOCALAPPDATA || join(homedir(), 'AppData', 'Local');
    return join(local, 'facedex', 'Cache');
  }
  if (environment.XDG_CACHE_HOME) return join(environment.XDG_CACHE_HOME, 'facedex');
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'facedex');
  return join(homedir(), '.cache', 'facedex');
}

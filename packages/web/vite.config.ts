import { defaultClientConditions, defineConfig } from 'vite';
import { precompress } from './scripts/precompress.js';

/** Where `facedex serve` runs while one works on the page with `npm run dev -w packages/web`. */
const SERVER = process.env.FACEDEX_SERVER ?? 'http://127.0.0.1:8080';
const served = ['/v1', '/health', '/ready', '/version', '/metrics', '/openapi.json', '/docs'];

export default defineConfig({
  root: import.meta.dirname,
  resolve: { conditions: ['facedex-source', ...defaultClientConditions] },
  plugins: [precompress()],
  build: {
    // Into the package that serves them, so that what is published has the page.
    outDir: '../facedex/page',
    emptyOutDir: true,
    target: 'es2022',
    // The first that know light-dark() and its like; older ones would get a wrong translation of it.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    manifest: true,
    rolldownOptions: {
      output: {
        // What every view needs comes as one file, not as the dozens that views share in some way.
        codeSplitting: {
          groups: [{ name: 'shell', tags: ['$initial'], test: (id) => !id.endsWith('main.tsx') }],
        },
      },
      // Libraries mark their files "use client" for servers that render; there is none here.
      onLog: (level, log, report) => {
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') report(level, log);
      },
    },
    modulePreload: { polyfill: false },
    // The server's Content-Security-Policy has no data: for scripts, styles and fonts.
    assetsInlineLimit: 0,
  },
  server: { proxy: Object.fromEntries(served.map((path) => [path, SERVER])) },
});

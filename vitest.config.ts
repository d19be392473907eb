import { defineConfig } from 'vitest/config';

const conditions = ['facedex-source'];

export default defineConfig({
  // Tests run from source: each package's `facedex-source` export is its src/index.ts.
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['packages/*/{src,test}/**/*.test.ts', 'scripts/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // For how long something may take, not for how long it should: a second is too short on a busy machine.
    expect: { poll: { timeout: 30_000 } },
  },
});

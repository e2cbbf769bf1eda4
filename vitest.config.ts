import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

// Three rings: `*.test.ts` is pure and needs nothing; `*.db.test.ts` gets a real Postgres from the global set-up;
// `*.browser.test.ts` gets a browser and the built widget as well.
export default defineConfig({
  test: {
    sequence: { shuffle: { files: true } },
    // Most of the longer tests wait for processes of their own, so one file more than cores is under way at a time.
    maxWorkers: availableParallelism() + 1,
    env: { TZ: 'UTC' },
    testTimeout: 20_000,
    // What is waited for comes soon, or late on a busy machine; a second, the default, is not how long it takes.
    expect: { poll: { timeout: 10_000 } },
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'pure',
          include: ['{apps,packages}/*/src/**/*.test.ts', '{bench,scripts}/**/*.test.ts'],
          exclude: ['**/*.db.test.ts', '**/*.browser.test.ts', '**/node_modules/**'],
        },
      },
      {
        extends: true,
        test: {
          name: 'db',
          include: ['{apps,packages}/*/src/**/*.db.test.ts', 'bench/src/**/*.db.test.ts', 'scripts/**/*.db.test.ts'],
          globalSetup: ['packages/db/src/testing/global-setup.ts'],
          provide: { fuzzRequests: Number(process.env.FUZZ_REQUESTS ?? 10_000) },
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['apps/api/src/**/*.browser.test.ts'],
          globalSetup: ['packages/db/src/testing/global-setup.ts', 'apps/api/src/browser/testing/global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})

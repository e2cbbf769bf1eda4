// For the image: loads once what API, worker and command line are made of, so that the compile cache it ships holds their code.
const code = [
  'apps/api/src/app.ts',
  'apps/api/src/keys-of.ts',
  'apps/api/src/pools.ts',
  'apps/worker/src/handlers.ts',
  'apps/worker/src/schedule.ts',
  'apps/worker/src/health.ts',
  'apps/worker/src/heartbeat.ts',
  'packages/core/src/counting/index.ts',
  'packages/process/src/run-process.ts',
  'packages/db/src/open-prisma.ts',
  'packages/cli/src/program.ts',
]

await Promise.all(code.map((path) => import(new URL(`../${path}`, import.meta.url).href)))

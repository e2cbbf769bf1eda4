import process from 'node:process'
import { defineConfig } from 'prisma/config'

// `prisma generate` downloads a schema engine that it does not use; any executable in its place stops that.
// biome-ignore lint/style/noProcessEnv: Prisma reads this setting from nowhere else
if (process.argv.includes('generate')) process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
})

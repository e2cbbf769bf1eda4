import { readdirSync, readFileSync } from 'node:fs'
import { z } from 'zod'

const fixture = z.object({
  about: z.string(),
  api: z.enum(['open', 'classic']),
  asked: z.array(z.string()),
  /** When the answer came; the default is later than every scan of the fixtures. */
  now: z.coerce.date().default(new Date('2026-02-01T00:00:00Z')),
  contentType: z.string().default('application/json; charset=utf-8'),
  failure: z.enum(['unauthorised', 'rejected', 'server', 'malformed']).nullable().default(null),
  body: z.unknown(),
})

export type Fixture = z.infer<typeof fixture> & { name: string }

const folder = new URL('../fixtures/', import.meta.url)

/** One recorded or documented answer; see `about` in the file for what it shows and where it comes from. */
export const loadFixture = (name: string): Fixture => ({
  name,
  ...fixture.parse(JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'))),
})

export const allFixtures = (): Fixture[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => loadFixture(file.slice(0, -'.json'.length)))

import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { z } from 'zod'
import { scenarioNames } from './data/scenarios.ts'

const booking = z.object({
  awb: z.string(),
  account: z.string(),
  courier: z.string().optional(),
  scenario: z.enum(scenarioNames),
  bookedAt: z.number(),
  numberedAfterMs: z.number().optional(),
})
const token = z.object({
  kind: z.enum(['access', 'refresh']),
  value: z.string(),
  account: z.string(),
  expiresAt: z.number().nullable(),
  replaces: z.string().optional(),
})
const state = z.object({
  startedAt: z.number(),
  jumps: z.array(z.object({ at: z.number(), byMs: z.number() })),
  bookings: z.array(booking),
  tokens: z.array(token),
})
export type Token = z.infer<typeof token>
export type State = z.infer<typeof state>

/** What an earlier run kept, or undefined for a first run. Throws one sentence when the file is not one of ours. */
export const readState = (path: string): State | undefined => {
  if (!existsSync(path)) return undefined
  try {
    return state.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (cause) {
    throw new Error(`The simulator cannot read its state file ${path}; delete it to start again.`, { cause })
  }
}

/** Replaces the file in one step, so that a killed simulator never leaves half a file. */
export const writeState = (path: string, kept: State): void => {
  mkdirSync(dirname(path), { recursive: true })
  const draft = `${path}.${process.pid}.tmp`
  writeFileSync(draft, JSON.stringify(kept), { mode: 0o600 })
  renameSync(draft, path)
}

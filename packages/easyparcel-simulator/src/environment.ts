import { z } from 'zod'
import { readFaultList } from './fault-dice.ts'
import { faultProbabilities, type SimulatorOptions } from './options.ts'

const number = z.coerce.number()

const readWith = <T>(read: (text: string) => T, shouldBe: string) =>
  z.string().transform((text, context) => {
    try {
      return read(text)
    } catch {
      context.addIssue({ code: 'custom', message: `must be ${shouldBe}` })
      return z.NEVER
    }
  })

const environment = z.object({
  SIMULATOR_HOST: z.string().default('127.0.0.1'),
  SIMULATOR_PORT: number.pipe(z.int().min(1).max(65_535)).default(3900),
  SIMULATOR_SPEED: number.pipe(z.number().positive()).optional(),
  SIMULATOR_SEED: z.string().min(1).optional(),
  SIMULATOR_FAULTS: readWith(readFaultList, 'a list like all=0.05,slow=0 or a JSON object')
    .pipe(faultProbabilities)
    .optional(),
  SIMULATOR_SLOW_MS: z
    .string()
    .regex(/^\d+-\d+$/, 'must look like 200-2000')
    .transform((text) => text.split('-').map(Number) as [number, number])
    .optional(),
  SIMULATOR_RETRY_AFTER: number.pipe(z.int().min(0)).optional(),
  SIMULATOR_EXPIRES_IN: number.pipe(z.int().min(1)).optional(),
  SIMULATOR_REFRESH_TOKENS: z.enum(['rotate', 'keep']).optional(),
  SIMULATOR_TOKEN_BODY: z.enum(['plain', 'wrapped']).optional(),
  SIMULATOR_STATE_FILE: z.string().min(1).optional(),
  SIMULATOR_BOOKINGS: z.string().min(1).optional(),
  SIMULATOR_ASSUMPTIONS: readWith((text): unknown => JSON.parse(text), 'a JSON object').optional(),
})

const optionOf = {
  SIMULATOR_HOST: 'host',
  SIMULATOR_PORT: 'port',
  SIMULATOR_SPEED: 'speed',
  SIMULATOR_SEED: 'seed',
  SIMULATOR_FAULTS: 'faults',
  SIMULATOR_SLOW_MS: 'slowMs',
  SIMULATOR_RETRY_AFTER: 'retryAfterSeconds',
  SIMULATOR_EXPIRES_IN: 'expiresInSeconds',
  SIMULATOR_REFRESH_TOKENS: 'refreshTokens',
  SIMULATOR_TOKEN_BODY: 'tokenBody',
  SIMULATOR_STATE_FILE: 'stateFile',
  SIMULATOR_BOOKINGS: 'bookingsFile',
  SIMULATOR_ASSUMPTIONS: 'assumptions',
} as const satisfies Record<keyof z.infer<typeof environment>, keyof SimulatorOptions>

/** Simulator options from environment variables; an empty variable counts as absent. Throws a ZodError that names each bad one. */
export const readEnvironment = (env: Readonly<Record<string, string | undefined>>): SimulatorOptions => {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value))
  const values = Object.entries(environment.parse(given)).filter(([, value]) => value !== undefined)
  return Object.fromEntries(values.map(([name, value]) => [optionOf[name as keyof typeof optionOf], value]))
}

import { z } from 'zod'
import { type Assumptions, defaultAssumptions } from './assumptions.ts'
import { scenarioNames } from './data/scenarios.ts'
import { allFailures, faultNames } from './faults.ts'

export const trackingNumber = z
  .string()
  .trim()
  .regex(/^[A-Z0-9][A-Z0-9-]{5,34}$/, 'is not a tracking number')

export const bookingInput = z.strictObject({
  awb: trackingNumber,
  account: z.string().min(1).default('demo'),
  courier: z.string().min(1).optional(),
  scenario: z.enum(scenarioNames).optional(),
  bookedAt: z.iso.datetime({ offset: true }).optional(),
  /** How long after its booking, in script time, it has its tracking number; at once when left out. */
  numberedAfterMs: z.number().min(0).optional(),
})
export type BookingInput = z.input<typeof bookingInput>

export const accountInput = z.strictObject({
  id: z.string().min(1),
  clientId: z.string().min(1),
  clientSecret: z.string().min(1),
  classicKey: z.string().min(1).optional(),
  /** Marketplace calls of the classic API must carry this beside the key. */
  classicAuthentication: z.string().min(1).optional(),
  /** Never expires; a client starts from it without a browser. */
  refreshToken: z.string().min(1).optional(),
  /** Never expires either. */
  accessToken: z.string().min(1).optional(),
  /** In a sandbox every parcel stays at Schedule In Arrangement. */
  environment: z.enum(['live', 'sandbox']).default('live'),
})
export type AccountInput = z.input<typeof accountInput>
export type Account = z.output<typeof accountInput>

export const demoAccount: AccountInput = {
  id: 'demo',
  clientId: 'demo',
  clientSecret: 'demo-secret',
  classicKey: 'demo-key',
  classicAuthentication: 'demo-authentication',
  refreshToken: 'demo-refresh-token',
  accessToken: 'demo-access-token',
}

const probability = z.number().min(0).max(1)
export const faultProbabilities = z.partialRecord(z.enum(['all', ...faultNames]), probability)
export type FaultProbabilities = z.infer<typeof faultProbabilities>

export const forcedFault = z.strictObject({
  name: z.enum(faultNames),
  times: z.int().min(1).max(100_000).default(1),
  /** For `unauthorised`: a, b, c or d. */
  variant: z.enum(['a', 'b', 'c', 'd']).optional(),
})
export type ForcedFault = z.input<typeof forcedFault>

/** Numbers that spoil every call in which they are asked for. */
export const poison = z.strictObject({
  numbers: z.array(trackingNumber).max(100_000),
  as: z.enum(allFailures).default('server_500'),
})
export type Poison = z.input<typeof poison>

export const webhookTopics = [
  'shipment.status.update',
  'shipment.awb.update',
  'shipment.tracking.update',
  'shipment.created',
  'ondemand.status.update',
  'tracking/create',
  'shipment/create',
] as const
export type WebhookTopic = (typeof webhookTopics)[number]

/** How a webhook can be odd; for a subscription each is a probability. */
const oddness = z.strictObject({
  /** `status_log` as an array instead of the sample's object with numeric keys. */
  arrayLog: probability,
  /** No topic, as in the documented sample of Shipment Created. */
  missingTopic: probability,
  /** Not valid JSON, as printed in the docs. */
  malformed: probability,
  /** The constant `webhook-test-uuid-123` of the samples. */
  constantUuid: probability,
  /** The same webhook twice. */
  duplicate: probability,
  /** Held back until the ones after it have gone. */
  late: probability,
})
export const webhookOddities = oddness.partial()
export type WebhookOddity = keyof z.infer<typeof oddness>

export const webhookSubscription = z.strictObject({
  account: z.string().min(1).default('demo'),
  url: z.url(),
  topics: z.array(z.enum(webhookTopics)).min(1),
  oddities: webhookOddities.default({}),
})
export type WebhookSubscription = z.output<typeof webhookSubscription>

const assumptions = z.strictObject({
  awbsPerCallMax: z.int().min(1).optional(),
  classicItemsMax: z.int().min(1).optional(),
  notFound: z.enum(['object', 'omit']).optional(),
  classicUnknown: z.enum(['omit', 'fail']).optional(),
  classicEchoesAny: z.boolean().optional(),
  classicReadsJson: z.boolean().optional(),
  refreshTokenSurvivesUntilUse: z.boolean().optional(),
  seedRefreshTokenNeverDies: z.boolean().optional(),
  unauthorisedShape: z.enum(['a', 'b', 'c', 'd']).optional(),
  codeLifeSeconds: z.int().min(1).optional(),
  webhookRetries: z.int().min(0).max(10).optional(),
  webhookRetryDelayMs: z.number().min(0).max(600_000).optional(),
}) satisfies z.ZodType<{ [Name in keyof Assumptions]?: Assumptions[Name] | undefined }>

export const simulatorOptions = z.strictObject({
  host: z.string().default('127.0.0.1'),
  port: z.int().min(0).max(65_535).default(0),
  /** Script time per real time: 1 is real life, 864 puts three days into five minutes. */
  speed: z.number().positive().max(1_000_000).default(1),
  seed: z.string().min(1).default('jejak'),
  now: z.custom<() => Date>((value) => typeof value === 'function').default(() => () => new Date()),
  accounts: z
    .array(accountInput)
    .min(1)
    .default([accountInput.parse(demoAccount)]),
  bookings: z.array(bookingInput).default([]),
  /** A CSV file with a `tracking_number` column, booked for the first account at the start. */
  bookingsFile: z.string().min(1).optional(),
  /** Keeps bookings and tokens across restarts. */
  stateFile: z.string().min(1).optional(),
  faults: faultProbabilities.default({}),
  poison: poison.default({ numbers: [], as: 'server_500' }),
  /** Bounds of the slow reply's delay. */
  slowMs: z.tuple([z.number().min(0), z.number().min(0).max(60_000)]).default([200, 2_000]),
  retryAfterSeconds: z.int().min(0).max(3_600).default(2),
  compression: z.boolean().default(true),
  /** Life of an access token. */
  expiresInSeconds: z.int().min(1).default(36_000),
  refreshTokens: z.enum(['rotate', 'keep']).default('rotate'),
  tokenBody: z.enum(['plain', 'wrapped']).default('plain'),
  assumptions: assumptions.default({}),
})
export type SimulatorOptions = z.input<typeof simulatorOptions>
export type Settings = Omit<z.output<typeof simulatorOptions>, 'assumptions'> & { assumptions: Assumptions }

/** Fills in every default; throws a ZodError that names each bad option. */
export const readOptions = (options: SimulatorOptions): Settings => {
  const read = simulatorOptions.parse(options)
  return { ...read, assumptions: Object.assign({ ...defaultAssumptions }, read.assumptions) }
}

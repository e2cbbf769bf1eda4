import { z } from 'zod'
import { invalid } from '../http-problem.ts'

const charactersMax = 255
// A string of RFC 8941, as the IETF draft has it; and the bare text that most clients send.
const quoted = /^"((?:[ !#-[\]-~]|\\["\\])+)"$/
const bare = /^[!#-~][!-~]*$/

/** What a request calls itself, so that it can be sent again; undefined when it does not say. Throws for what is no key. */
export const readIdempotencyKey = (header: string | string[] | undefined): string | undefined => {
  if (header === undefined) return undefined
  const text = String(header)
  const key = quoted.exec(text)?.[1]?.replaceAll(/\\(["\\])/g, '$1') ?? (bare.test(text) ? text : '')
  if (key.length > 0 && key.length <= charactersMax) return key
  throw invalid(`Idempotency-Key: Write one key of 1 to ${charactersMax} visible ASCII characters, such as a UUID.`)
}

/** How the routes that honour it describe it. */
export const idempotencyHeader = z.looseObject({
  'idempotency-key': z.string().optional().meta({
    description:
      'A name that you make up for this request, such as a UUID. Sent again within 24 hours with the same body, it is not done again: the answer is the first one, with `Idempotency-Replayed: true`. 409 while the first one is still at work, 422 with another body.',
    example: '8e03978e-40d5-43e8-bc93-6894a57f9324',
  }),
})

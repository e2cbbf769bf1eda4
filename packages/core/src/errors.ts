import type { ProblemCode } from '@jejak/contract'

/** A refusal that whoever asked can act on; the message is one sentence for them, and each edge translates the code. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly code: ProblemCode
  constructor(code: ProblemCode, message: string) {
    super(message)
    this.code = code
  }
}

export const notFound = (message: string): Refusal => new Refusal('not_found', message)
export const conflict = (message: string): Refusal => new Refusal('conflict', message)

export const noSuchTracking = (): Refusal => notFound('This shop has no parcel with this id.')
export const noSuchOrder = (): Refusal => notFound('This parcel has no order with this number.')

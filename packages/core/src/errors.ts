import type { ProblemCode, ProblemError } from '@jejak/contract'

/** A refusal that whoever asked can act on; the message is one sentence for them, and each edge translates the code. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly code: ProblemCode
  /** What is wrong with each field, where the message does not begin with the name of the only one. */
  readonly errors: ProblemError[] | undefined
  constructor(code: ProblemCode, message: string, { errors }: { errors?: ProblemError[] } = {}) {
    super(message)
    this.code = code
    this.errors = errors
  }
}

export const notFound = (message: string): Refusal => new Refusal('not_found', message)
export const conflict = (message: string): Refusal => new Refusal('conflict', message)

export const noSuchTracking = (): Refusal => notFound('This shop has no parcel with this id.')
export const noSuchOrder = (): Refusal => notFound('This parcel has no order with this number.')

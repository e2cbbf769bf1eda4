/** Why something is refused, in words that say nothing of how it was asked; each edge translates them. */
export type RefusalWord =
  | 'NOT_FOUND'
  | 'CONFLICT'
  | 'INVALID'
  | 'FORBIDDEN'
  | 'LIMITED'
  | 'UNAVAILABLE'
  | 'UPSTREAM'
  | 'INTERNAL'

/** A refusal that whoever asked can act on; the message is one sentence for them. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly word: RefusalWord
  constructor(word: RefusalWord, message: string) {
    super(message)
    this.word = word
  }
}

export const notFound = (message: string): Refusal => new Refusal('NOT_FOUND', message)
export const conflict = (message: string): Refusal => new Refusal('CONFLICT', message)

export const noSuchTracking = (): Refusal => notFound('This shop has no parcel with this id.')
export const noSuchOrder = (): Refusal => notFound('This parcel holds no order with this number.')

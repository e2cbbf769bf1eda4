import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import pLimit from 'p-limit'
import { Refusal } from '../errors.ts'
import { commonPasswords } from './common-passwords.ts'

// OWASP's second choice for argon2id: 19 MiB, two passes; some 46 ms.
const cost = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 }
const saltBytes = 16
const lengths = { min: 10, max: 200 }
// Each check keeps a thread and 19 MiB: two at once, and a queue that ends. Its last places are for addresses that the account knows; no address
// takes all of them.
const atOnce = 2
const places = { all: 70, ofStrangers: 50, ofAddress: 10 }
const taken = { all: 0, by: new Map<string, number>() }

const derive = promisify(argon2)
const limit = pLimit(atOnce)

/** The same password typed on another keyboard is the same text. */
const normal = (password: string): Buffer => Buffer.from(password.normalize('NFKC'))

const hashWith = (password: string, salt: Buffer): Promise<Buffer> =>
  limit(() => derive('argon2id', { ...cost, message: normal(password), nonce: salt }))

export const tooBusy = () => new Refusal('unavailable', 'Too many people sign in at once. Try again in a few seconds.')

/** Whether the queue has a place for a check that this address asks for. */
export const hasPlace = ({ address, isStranger }: { address: string; isStranger: boolean }): boolean =>
  taken.all < (isStranger ? places.ofStrangers : places.all) && (taken.by.get(address) ?? 0) < places.ofAddress

/** Takes a place in the queue until the answer is called; undefined when there is none. */
export const takePlace = (whose: { address: string; isStranger: boolean }): (() => void) | undefined => {
  if (!hasPlace(whose)) return undefined
  const { address } = whose
  const change = (by: 1 | -1) => {
    const own = (taken.by.get(address) ?? 0) + by
    taken.all += by
    if (own > 0) taken.by.set(address, own)
    else taken.by.delete(address)
  }
  change(1)
  return () => change(-1)
}

const text = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '')

/** A password as it is stored: argon2id, in PHC string format. */
export const hashPassword = async (password: string): Promise<string> => {
  const salt = randomBytes(saltBytes)
  const hash = await hashWith(password, salt)
  return `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${text(salt)}$${text(hash)}`
}

const unknownAccount = { salt: Buffer.alloc(saltBytes, 1), hash: Buffer.alloc(cost.tagLength) }

/** Whether the password is the one that was stored. Null, for an account that does not exist, takes as long and is never right. */
export const isPassword = async (password: string, stored: string | null): Promise<boolean> => {
  const [salt, hash] = stored?.split('$').slice(4) ?? []
  const known = salt && hash ? { salt: Buffer.from(salt, 'base64'), hash: Buffer.from(hash, 'base64') } : unknownAccount
  const isSame = timingSafeEqual(await hashWith(password, known.salt), known.hash)
  return isSame && stored !== null
}

/** What is wrong with a new password, as a sentence for the person who chose it; null when nothing is. */
export const weaknessOf = (password: string, email: string): string | null => {
  const chosen = password.normalize('NFKC')
  if (chosen.length < lengths.min) return `Choose at least ${lengths.min} characters.`
  if (chosen.length > lengths.max) return `Choose at most ${lengths.max} characters.`
  const plain = chosen.toLowerCase()
  const [name = ''] = email.toLowerCase().split('@')
  const isPlain = commonPasswords.has(plain) || new Set(plain).size < 4 || (name.length > 3 && plain.includes(name))
  return isPlain ? 'This password is easy to guess. Choose another one.' : null
}

/** A password for someone who gets it from an operator: 100 random bits, easy to read out. */
export const newPassword = (): string =>
  Array.from(randomBytes(20), (byte) => 'abcdefghjkmnpqrstuvwxyz23456789A'[byte & 31])
    .join('')
    .replace(/(.{5})(?=.)/g, '$1-')

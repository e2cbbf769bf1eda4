import type { UnreadValue } from '../client/easyparcel-client.ts'
import { foldText } from './fold-text.ts'
import { knownPairs, knownWords } from './unread-vocabulary.ts'

const words = new Set(knownWords.split(/\s+/))
const pairs = new Set(knownPairs.split(/\s+/))
const ownWords = new Set(['unreadable', 'future', 'date', 'none', 'object', 'an'])

const isKnown = (word: string): boolean => words.has(word) || ownWords.has(word)
const isHan = (character: string): boolean => /\p{Script=Han}/u.test(character)

/** Of Chinese, which sets no words apart, characters stay that stand in a known pair. */
const maskHan = (run: string): string => {
  const characters = [...run]
  const isPair = (at: number) => pairs.has(characters.slice(at, at + 2).join(''))
  return characters.map((character, at) => (isPair(at) || (at > 0 && isPair(at - 1)) ? character : '…')).join('')
}

const maskToken = (token: string): string => {
  if (/^\d+$/.test(token)) return token.replace(/\d/g, '9').slice(0, 4)
  if (isKnown(token)) return token
  return isHan(token)
    ? token.replace(/\p{Script=Han}+|\P{Script=Han}+/gu, (part) => (isHan(part) ? maskHan(part) : '…'))
    : '…'
}

/**
 * What of an unread value may be kept: words that several published courier texts use. Couriers write names, addresses and phone numbers into
 * texts; of those `…` and nines remain. Codes of up to three digits are codes.
 */
export const maskUnread = ({ kind, value }: UnreadValue): UnreadValue => {
  if (kind === 'code' && /^-?\d{1,3}$/.test(value)) return { kind, value }
  const masked = foldText(value).split(' ').map(maskToken).join(' ')
  return { kind, value: masked.replace(/…(?:[ …]*…)?/g, '…').slice(0, 200) }
}

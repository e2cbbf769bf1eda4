import type { Substatus, TrackingStatus } from '@jejak/contract'
import { maskUnread } from './mask-unread.ts'

/** What this installation says that a text means; `text` as unread texts are kept, masked. */
export type OwnText = { text: string; status: TrackingStatus; substatus: Substatus | null }

export type OwnTexts = ReadonlyMap<string, OwnText>

let inForce: OwnTexts = new Map()

/** Of this process. The same object until they change. */
export const ownTexts = (): OwnTexts => inForce

/** Texts are read by these from now on, in this process. */
export const useOwnTexts = (texts: readonly OwnText[]): void => {
  inForce = new Map(texts.map((text) => [text.text, text]))
}

/** How a text is kept: of two that differ only in names, numbers and places one is. */
export const maskText = (text: string): string => maskUnread({ kind: 'text', value: text }).value

const spaced = (part: string): string => `${/^\s/.test(part) ? ' ' : ''}${maskText(part)}${/\s$/.test(part) ? ' ' : ''}`

/** The same of a text as someone gives it, who may have it from where it is masked already. */
export const maskGiven = (text: string): string =>
  text
    .split('…')
    .map(spaced)
    .join('…')
    .replace(/…(?:[ …]*…)?/g, '…')
    .trim()

/** What the installation says about a text, if it says anything. */
export const ownTextOf = (text: string, texts: OwnTexts = inForce): OwnText | undefined =>
  texts.size === 0 ? undefined : texts.get(maskText(text))

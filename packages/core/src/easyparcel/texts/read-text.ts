import type { Substatus, TrackingStatus } from '@jejak/contract'
import { foldText, readable } from './fold-text.ts'
import { type ReadingLine, readingLines } from './text-readings.ts'
import { words } from './text-words.ts'

export type Ending = 'delivered' | 'returned' | 'cancelled'
/**
 * What one text says. Status `unknown`: it was read, and says nothing clear about where the parcel is. `names` is the ending that it speaks of,
 * clearly or not: "Delivered to SUNTECH" names `delivered`, but only a text of plain words is one. `denied`: it denies or doubts an end, or tells of one to
 * come. `senderHas`: it tells that the sender took the parcel.
 */
export type TextReading = {
  status: TrackingStatus
  substatus: Substatus | null
  names: Ending | null
  denied: boolean
  senderHas: boolean
  line: ReadingLine
}
export type Vocabulary = Readonly<Record<string, readonly string[]>>

/** Each concept with its words, as they stand between the commas of text-words.ts. */
export const vocabulary: Vocabulary = Object.fromEntries(
  Object.entries(words).map(([concept, list]) => [concept, list.trim().split(/,\s+/)]),
)

const endings = ['delivered', 'returned', 'cancelled'] as const
const isEnding = (status: TrackingStatus): status is Ending => (endings as readonly string[]).includes(status)
const hasHan = /\p{Script=Han}/u
const never = '[^\\s\\S]'

/** V8 compiles a pattern at once to machine code if it first meets 1,000 characters; its detour over bytecode takes ten times as long (60 ms for the longest). */
const compiled = (source: string, flags: string): RegExp => {
  const pattern = new RegExp(source, flags)
  pattern.test(' '.repeat(1000))
  pattern.lastIndex = 0
  return pattern
}

/** Makes each value once, when it is first asked for. */
const remembering = <T>(make: (key: string) => T): ((key: string) => T) => {
  const known = new Map<string, T>()
  return (key) => {
    const value = known.get(key) ?? make(key)
    known.set(key, value)
    return value
  }
}

/** A concept finds its words by two patterns: Latin words stand between spaces, Chinese ones anywhere. */
type Finder = { latin: RegExp; han: RegExp }

export const createFinders = (vocabulary: Vocabulary): ((concepts: readonly string[], flags?: string) => Finder) => {
  const latinOf = remembering((concept) => joinWords(vocabulary[concept] ?? [], false))
  const hanOf = remembering((concept) => joinWords(vocabulary[concept] ?? [], true))
  const sourceOf = (concept: string, inHan: boolean): string => (inHan ? hanOf(concept) : latinOf(concept))
  const toSource = (word: string, inHan: boolean): string =>
    word
      .replace(/\((?!\?)/g, '(?:')
      .replace(/\{([a-z]\w*)\}/gi, (_, concept: string) => sourceOf(concept, inHan))
      .replaceAll(' ~ ', ' (?:\\S+ ){0,4}')
      .replaceAll('~', '[\\p{Script=Han}\\d]{0,6}')
  const joinWords = (list: readonly string[], inHan: boolean): string => {
    const mine = list.filter((word) => hasHan.test(word) === inHan || /^\{\w+\}$/.test(word))
    const longestFirst = mine.toSorted((a, b) => b.length - a.length)
    return `(?:${longestFirst.map((word) => toSource(word, inHan)).join('|') || never})`
  }
  return (concepts, flags = '') => {
    const [latin, han] = [false, true].map((inHan) => concepts.map((concept) => sourceOf(concept, inHan)).join('|'))
    return { latin: compiled(`\\b(?:${latin})\\b`, flags), han: compiled(`(?:${han})`, `u${flags}`) }
  }
}

const clauseEnd = /(?<=[?])|(?<=,)(?=\s*(?:如|若)\p{Script=Han})|(?<=[.!。;\n])(?=\s|$|\p{Script=Han})/u
const isAdvice =
  /^[\s\p{P}]*(?:please (?!collect|pick)|kindly|(?:sila|tolong) (?!ambil|kutip|tuntut)|reschedul\w* (?:here|now|online)|track|click|tap|contact|call|if|in case|should you|you may|rate|thank|terima kasih|hubungi|rujuk|semak|jika|kalau|请|如|若|敬请|感谢|谢谢|详情)/iu
const question = /[^,:–—]*\?[\s\p{P}]*$/u

/** Question marks in the place of a name: its letters were lost on the way, and nothing is asked. */
const lostName = /(?<=\b(?:to|by|kepada|oleh) )\?{2,}/gi

/** What the text says without its advice and questions, if that leaves anything. */
const toldIn = (text: string): string => {
  const shown = readable(text)
  const told = shown
    .replace(lostName, ' ')
    .split(clauseEnd)
    .filter((clause) => !isAdvice.test(clause))
    .map((clause) => (clause.includes('?') ? clause.replace(question, '') : clause))
  return foldText(told.join(' ')) || foldText(shown)
}

const doubtingMarks = /[?✗✘×]|(?![✅✔☑🎉📦😊🙂😔👍🙏])\p{Extended_Pictographic}|\.\.+|…/gu
/** All that was said, with the doubts that folding would lose in words. */
const allIn = (text: string): string => foldText(readable(text).replace(doubtingMarks, ' doubt '))

const denyingMarks =
  /^\s*!|[✗✘❌❎🚫⛔☹🙁😞😢😡👎⏳⌛]|(?<!\d ?)×(?! ?\d)|[:=]-?\(|\[ \]|\(x\)|~~|!=|<(?:del|s|strike)>|^[^.!。]*\p{L}\s*\?\s*$/u

/** A text cut off behind "delivered to" does not say where it went. */
const isCutOff = /(?<!signed(?: for)?)\b(?:to|by|at|in|on|with|the|kepada|oleh|ke|di)$/

const parseLine = (line: ReadingLine) => {
  const [means, when, unless] = line
  const [status, substatus = null] = means.split(' ') as [TrackingStatus, Substatus?]
  const choices = when.split(' | ').map((choice) => choice.split(' '))
  return { status, substatus, choices, unless: unless.split(' ').filter((concept) => concept !== ''), line }
}

/** Reads texts by the first line whose concepts are in them; an ending also needs that no word but plain ones is there. Never throws. */
export const createReader = (vocabulary: Vocabulary, readingLines: readonly ReadingLine[]) => {
  const lines = readingLines.map(parseLine)
  const findersOf = createFinders(vocabulary)
  const finderOf = remembering((concept) => findersOf([concept]))
  const plainOf = remembering((end) => findersOf([end, `${end}Plain`, 'plain'], 'g'))
  const isPlain = (end: Ending, text: string): boolean => {
    const { latin, han } = plainOf(end)
    const all = allIn(text)
    return text.trim().length < 500 && !isCutOff.test(all) && all.replace(latin, '').replace(han, '').trim() === ''
  }
  return (text: string): TextReading | null => {
    const said = toldIn(text)
    const inHan = hasHan.test(said)
    const hears = remembering((concept) => {
      const { latin, han } = finderOf(concept)
      return latin.test(said) || (inHan && han.test(said))
    })
    const denied = hears('denied') || denyingMarks.test(readable(text).replace(lostName, ' '))
    for (const { status, substatus, choices, unless, line } of lines) {
      if (!choices.some((choice) => choice.every(hears)) || unless.some(hears)) continue
      if (isEnding(status) && (denied || !isPlain(status, text))) continue
      const doubted = status === 'unknown' && hears('perhapsDelivered') ? 'delivered' : null
      const names = isEnding(status) ? status : doubted
      return { status, substatus, names, denied, senderHas: hears('senderHas'), line }
    }
    return null
  }
}

export const readText = createReader(vocabulary, readingLines)

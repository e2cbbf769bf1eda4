import { readFileSync } from 'node:fs'
import { type TrackingStatus, trackingStatus } from '@jejak/contract'

export type CourierText = {
  text: string
  language: string
  wanted: TrackingStatus
  judged: boolean
  source: string
  collection: number
}

const linesOf = (file: string): string[] =>
  readFileSync(new URL(`../fixtures/${file}`, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))

/** The published texts of both collections; `judged` rows are our own reading, all others are what their source says. */
export const readCorpus = (): CourierText[] =>
  ['courier-texts.tsv', 'courier-texts-2.tsv'].flatMap((file, index) =>
    linesOf(file)
      .slice(1)
      .map((line) => {
        const [text = '', language = '', , wanted, sources = '', basis] = line.split('\t')
        const source = sources.split(' ; ')[0] as string
        const judged = basis === 'judgement'
        return { text, language, wanted: trackingStatus.parse(wanted), judged, source, collection: index + 1 }
      }),
  )

/** Made-up texts that speak of an ending and are none. */
export const readNearMisses = (): string[] => linesOf('near-misses.txt')

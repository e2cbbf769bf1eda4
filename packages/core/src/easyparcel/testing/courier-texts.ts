import { readFileSync } from 'node:fs'
import { type TrackingStatus, trackingStatus } from '@jejak/contract'

export type CourierText = { text: string; language: string; wanted: TrackingStatus; judged: boolean }

/** The published texts of fixtures/courier-texts.tsv; `judged` rows are our own reading, all others are what their source says. */
export const readCorpus = (): CourierText[] =>
  readFileSync(new URL('../fixtures/courier-texts.tsv', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .slice(1)
    .map((line) => {
      const [text = '', language = '', , wanted, , basis] = line.split('\t')
      return { text, language, wanted: trackingStatus.parse(wanted), judged: basis === 'judgement' }
    })

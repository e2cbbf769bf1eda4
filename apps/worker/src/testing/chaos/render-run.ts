import type { Stats } from '@jejak/easyparcel-simulator'
import type { Figures } from './figures.ts'
import type { Verdict } from './verdict.ts'

/** A run at one moment. */
export type Moment = { seconds: number; figures: Figures; stats: Stats; kills: number }

const examplesMax = 5

export const momentLine = ({ seconds, figures, stats, kills }: Moment): string =>
  [
    `${String(seconds).padStart(4)} s`,
    `${figures.known} known`,
    `${figures.ended} ended`,
    `${figures.unsettled} to settle`,
    `${figures.calls} calls (${figures.callsFailed} failed, ${figures.callsCutOff} cut off)`,
    `${stats.calls.openMax} at once`,
    `${stats.tokenCalls} token calls`,
    `${kills} kills`,
  ].join(' · ')

const faultLines = ({ stats }: Moment): string[] =>
  Object.entries(stats.faults)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, times]) => `${name} ${times}`)

const verdictLines = ({ rule, holds, problems }: Verdict): string[] => [
  `${holds ? 'holds ' : 'BROKEN'}  ${rule}`,
  ...problems.slice(0, examplesMax).map((problem) => `          ${problem}`),
  ...(problems.length > examplesMax ? [`          … and ${problems.length - examplesMax} more`] : []),
]

/** The table at the end of a run. */
export const renderResult = (verdicts: readonly Verdict[], last: Moment): string =>
  [
    '',
    momentLine(last),
    `EasyParcel saw ${last.stats.calls.started} calls for ${last.stats.numbersAsked} numbers; its faults: ${faultLines(last).join(', ')}`,
    '',
    ...verdicts.flatMap(verdictLines),
  ].join('\n')

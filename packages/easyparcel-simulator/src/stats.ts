import type { ServerResponse } from 'node:http'
import type { FaultName } from './faults.ts'

export type Stats = {
  /** Calls of tracking, of lists and of details. */
  calls: { started: number; finished: number; cut: number; open: number; openMax: number }
  numbersAsked: number
  /** How many of the calls asked for these. */
  shipmentCalls: { list: number; details: number }
  faults: Partial<Record<FaultName, number>>
  tokenCalls: number
}

const nothing = (): Stats => ({
  calls: { started: 0, finished: 0, cut: 0, open: 0, openMax: 0 },
  numbersAsked: 0,
  shipmentCalls: { list: 0, details: 0 },
  faults: {},
  tokenCalls: 0,
})

export type Counter = {
  read(): Stats
  /** Starts again from zero; calls that are open stay open. */
  reset(): void
  /** A call has arrived; it is open until its answer is finished or its connection closes. */
  callStarted(response: ServerResponse): void
  numbersAsked(count: number): void
  shipmentsAsked(what: 'list' | 'details'): void
  faultApplied(name: FaultName): void
  tokenCalled(): void
}

export const startCounter = (): Counter => {
  let stats = nothing()
  return {
    read: () => structuredClone(stats),
    reset: () => {
      const { open } = stats.calls
      stats = nothing()
      stats.calls.open = open
      stats.calls.openMax = open
    },
    callStarted: (response) => {
      stats.calls.started += 1
      stats.calls.open += 1
      stats.calls.openMax = Math.max(stats.calls.openMax, stats.calls.open)
      let isOver = false
      const over = (how: 'finished' | 'cut') => {
        if (isOver) return
        isOver = true
        stats.calls.open -= 1
        stats.calls[how] += 1
      }
      response.once('finish', () => over('finished'))
      response.once('close', () => over('cut'))
    },
    numbersAsked: (count) => {
      stats.numbersAsked += count
    },
    shipmentsAsked: (what) => {
      stats.shipmentCalls[what] += 1
    },
    faultApplied: (name) => {
      stats.faults[name] = (stats.faults[name] ?? 0) + 1
    },
    tokenCalled: () => {
      stats.tokenCalls += 1
    },
  }
}

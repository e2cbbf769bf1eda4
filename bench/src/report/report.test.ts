import { expect, test } from 'vitest'
import { drawChart } from './chart.ts'
import { sizeText, toMarkdown, toRows, toText } from './table.ts'

const outcome = {
  arms: [
    { name: 'public read', unit: 'answers/s', values: [900, 1000, 1100] },
    { name: 'a <b> & c', unit: 'answers/s', values: [2000] },
    { name: 'public read', unit: 'p99, ms', values: [3] },
  ],
  figures: [
    { goal: 'read ÷ constant' as const, value: 0.5, rounds: [0.41, 0.5, 0.6] },
    { goal: 'read ÷ constant' as const, value: 0.4, rounds: [0.35, 0.4, 0.5] },
    { text: 'public read', value: 1000, unit: 'answers/s' },
  ],
}

test('the table shows each figure with its goal, the spread and number of its rounds, and the verdict', () => {
  const rows = toRows('reads', outcome)
  expect(rows.map(({ family: _family, figure: _figure, ...cells }) => Object.values(cells))).toEqual([
    ['≥ 0.4', '≥ 0.65', '0.50', '0.41–0.60', '3', 'holds'],
    ['≥ 0.4', '≥ 0.65', '0.40', '0.35–0.50', '3', 'at the bound'],
    ['', '', '1,000 answers/s', '', '1', 'reported'],
  ])
  expect(toText(rows).split('\n')).toHaveLength(4)
  expect(toMarkdown(rows).split('\n')[1]).toBe('| --- | --- | --- | --- | --- | --- | --- | --- |')
})

test('a run tells how many rounds it had, how long and from how many clients', () => {
  expect(sizeText({ rounds: 5, seconds: 3, connections: 64, isQuick: false })).toContain(
    '5 rounds of 3 s a measurement, 64 connections',
  )
})

test('the chart has a bar for each arm, grouped by unit, and colours for light and dark pages', () => {
  const chart = drawChart('reads', outcome.arms)
  const lengths = [...chart.matchAll(/class="bar"[^>]* width="([\d.]+)"/g)].map(([, width]) => Number(width))
  expect(lengths).toHaveLength(3)
  expect(lengths[1]).toBe(2 * lengths[0]!)
  expect(lengths[2]).toBe(lengths[1])
  expect(chart.match(/class="spread"/g)).toHaveLength(1)
  expect(chart).toContain('a &lt;b&gt; &amp; c')
  expect(chart).toContain('prefers-color-scheme: dark')
})

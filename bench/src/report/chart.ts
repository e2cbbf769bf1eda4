import type { Arm } from '../family.ts'
import { median } from '../statistics.ts'

const width = 720
const labelWidth = 230
const valueWidth = 90
const rowHeight = 26
const titleHeight = 34
const groupHeight = 30

const escapeText = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')

const style = `
  text { font: 13px system-ui, sans-serif; fill: #1f2328 }
  .title { font-weight: 600; font-size: 15px }
  .unit { fill: #59636e }
  .bar { fill: #2f6feb }
  .spread { stroke: #0a3069; stroke-width: 1.5 }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc }
    .unit { fill: #9198a1 }
    .bar { fill: #4493f8 }
    .spread { stroke: #cae8ff }
  }`

const shown = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(value >= 10 ? 3 : 2)

const bar = ({ name, values }: Arm, top: number, scale: (value: number) => number): string => {
  const middle = top + rowHeight / 2
  const end = labelWidth + scale(median(values))
  const [low, high] = [Math.min(...values), Math.max(...values)].map((value) => (labelWidth + scale(value)).toFixed(1))
  const spread =
    values.length < 2 ? '' : `<line class="spread" x1="${low}" x2="${high}" y1="${middle}" y2="${middle}"/>`
  return `<text x="${labelWidth - 10}" y="${middle + 4}" text-anchor="end">${escapeText(name)}</text>
  <rect class="bar" x="${labelWidth}" y="${top + 5}" width="${(end - labelWidth).toFixed(1)}" height="${rowHeight - 10}" rx="2"/>
  ${spread}<text x="${width - 10}" y="${middle + 4}" text-anchor="end">${shown(median(values))}</text>`
}

const group = (unit: string, arms: readonly Arm[], top: number): string => {
  const largest = Math.max(...arms.flatMap(({ values }) => values), Number.MIN_VALUE)
  const scale = (value: number) => (value / largest) * (width - labelWidth - valueWidth)
  const heading = `<text class="unit" x="${labelWidth}" y="${top + 20}">${escapeText(unit)}</text>`
  return [heading, ...arms.map((arm, at) => bar(arm, top + groupHeight + at * rowHeight, scale))].join('\n  ')
}

/** Bars of the medians with a line from the lowest to the highest round, one group a unit. Readable on light and dark pages. */
export const drawChart = (title: string, arms: readonly Arm[]): string => {
  const groups = Object.entries(Object.groupBy(arms, ({ unit }) => unit)) as [string, Arm[]][]
  let top = titleHeight
  const drawn = groups.map(([unit, members]) => {
    const at = top
    top += groupHeight + members.length * rowHeight
    return group(unit, members, at)
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${top + 8}" width="${width}" role="img" aria-label="${escapeText(title)}">
  <style>${style}
  </style>
  <text class="title" x="10" y="22">${escapeText(title)}</text>
  ${drawn.join('\n  ')}
</svg>
`
}

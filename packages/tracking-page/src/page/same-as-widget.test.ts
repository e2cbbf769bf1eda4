import { languages, substatusesOf, trackingStatuses } from '@jejak/contract'
import { describe, expect, test } from 'vitest'
import type { Given } from '../view/given.ts'
import type { ShownDocument, ShownEvent } from '../view/shown-document.ts'
import { createTimes } from '../words/times.ts'
import { createSay, type Word } from '../words/words.ts'
import { html, type Markup, trusted } from './html.ts'
import { parcelMarkup } from './parcel.ts'

type Template = { strings: TemplateStringsArray; values: readonly unknown[] }

// Named at run time, because the widget's own types need a browser's.
const widget = (await import(new URL('../../../../apps/widget/src/templates/card.ts', import.meta.url).href)) as {
  card: (element: object, given: Given) => Template
}

const isTemplate = (value: unknown): value is Template =>
  typeof value === 'object' && value !== null && 'strings' in value

/** What lit would put into the page, without the page. */
const toMarkup = (value: unknown): Markup | string | Markup[] => {
  if (Array.isArray(value)) return value.map((one) => html`${toMarkup(one)}`)
  if (!isTemplate(value)) return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  return trusted(value.strings.map((text, at) => text + html`${toMarkup(value.values[at])}`.markup).join(''))
}

/** What a reader sees: not what is folded away, nor what only a screen reader is told. */
const seen = (markup: string): string[] =>
  markup
    .replace(/<(p|h3) class="hidden".*?<\/\1>/gs, '')
    .replace(/<\/summary>.*?<\/details>/gs, '</summary></details>')
    .split(/<[^>]*>/)
    .map((text) => text.replace(/\s+/g, ' ').trim())
    .filter(Boolean)

const byPage = (document: ShownDocument, given: Given) => seen(parcelMarkup(document, given).markup)
const byWidget = (document: ShownDocument, given: Given) => {
  const state = { view: { kind: 'document', document }, list: null, report: null, knownSince: null }
  return seen(html`${toMarkup(widget.card({ state }, given))}`.markup)
}

/** What needs a script to do anything. */
const needsScript: readonly Word[] = ['report_not_received', 'report_something_wrong', 'search_again']
const withoutScript = (document: ShownDocument, given: Given) => {
  const left = byWidget(document, given).filter((line) => !needsScript.map((word) => given.say(word)).includes(line))
  const heading = given.say('help_heading')
  return left.at(-1) === heading ? left.slice(0, -1) : left
}

const now = new Date('2026-03-02T02:40:00Z')
const at = (hours: number) => new Date(now.getTime() + hours * 3_600_000).toISOString()
const shop = {
  name: 'Aroma',
  logoUrl: null,
  color: null,
  whatsapp: '+60123456789',
  phone: null,
  email: 'hai@a.example',
}

const history = (count: number, status: ShownEvent['status']): ShownEvent[] =>
  Array.from({ length: count }, (_, index) => ({
    ...{ at: at(-3 * index), zoneGuessed: index === 7, status, substatus: null },
    location: index % 2 ? 'Ipoh & <b>Co' : null,
  }))

const documentOf = (more: Partial<ShownDocument>): ShownDocument => ({
  ...{ trackingNumber: '632143239945', courier: 'J&T Express', status: 'in_transit', substatus: null },
  ...{ deliveredAt: null, estimatedDelivery: '2026-03-04', events: history(3, 'in_transit') },
  freshness: {
    ...{ state: 'fresh', checkedAt: at(-0.2), changedAt: at(-1), nextCheckAt: at(1) },
    ...{ source: 'scheduled', reason: null },
  },
  ...more,
})
const everySituation = trackingStatuses.flatMap((status) =>
  [null, ...substatusesOf[status]].map((substatus) => ({ status, substatus })),
)
const unasked = { ...documentOf({}).freshness, state: 'stale', checkedAt: null } as const
const unknown = { ...documentOf({}).freshness, reason: 'number_unknown' } as const

const cases: [string, Partial<ShownDocument>[]][] = [
  ['in every status', everySituation.map((situation) => ({ ...situation, events: history(3, situation.status) }))],
  ['with a long history', [12, 13, 50].map((count) => ({ events: history(count, 'in_transit') }))],
  ['at its end', [{ status: 'delivered', deliveredAt: at(-3), freshness: { ...unasked, state: 'final' } }]],
  ['that is late', [{ freshness: { ...unasked, state: 'expired', checkedAt: at(-30), reason: 'budget_spent' } }]],
  ['of a demo, of a shop, of no courier', [{ demo: true }, { shop }, { courier: null }, { courier: 'Pos Laju' }]],
  [
    'that nobody knows yet',
    [unasked, unknown].map((freshness) => ({ status: 'pending', events: [], freshness, registeredAt: at(-80) })),
  ],
]

describe.each(languages)('without scripts a page reads like the widget, in %s', (language) => {
  const times = createTimes({ language, timeZone: 'Asia/Kuala_Lumpur', now })
  const given: Given = { say: createSay(language), times, now, language, api: '', shop: null }

  test.each(cases)('a parcel %s', (_, documents) => {
    for (const document of documents.map(documentOf)) {
      expect(byPage(document, given)).toEqual(withoutScript(document, given))
      expect(byPage(document, given).length).toBeGreaterThan(3)
    }
  })
})

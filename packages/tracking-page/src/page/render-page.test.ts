import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { type PageSetting, type PageSubject, renderPage } from './render-page.ts'

const setting: PageSetting = {
  ...{
    language: 'en',
    languages: ['en', 'ms', 'zh'],
    now: new Date('2026-03-02T02:40:00Z'),
    timeZone: 'Asia/Kuala_Lumpur',
    shop: null,
  },
  ...{ url: 'https://jejak.example/t/632143239945', shopSlug: null, linkKey: null, widgetUrl: '/widget.js?v=1' },
}
const parcel: PageSubject = {
  kind: 'parcel',
  document: {
    ...{
      trackingNumber: '632143239945',
      courier: '"><script>alert(1)</script>',
      status: 'in_transit',
      substatus: null,
    },
    ...{ deliveredAt: null, estimatedDelivery: null, events: [] },
    freshness: {
      state: 'stale',
      checkedAt: null,
      changedAt: '2026-03-02T02:00:00.000Z',
      nextCheckAt: null,
      source: null,
      reason: null,
    },
  },
}

describe('the page', () => {
  test('holds no inline script and no inline style, whatever a courier is called', () => {
    const page = renderPage(parcel, setting).html
    expect(page.match(/<script[^>]*>/g)).toEqual(['<script src="/widget.js?v=1" defer>'])
    expect(page).not.toMatch(/ style=| on\w+=|javascript:/)
  })

  test('of a shop without a name invents none, and keeps what the shop has', () => {
    const shop = {
      ...{ name: null, logoUrl: 'https://cdn.example/l.png', color: '#7a3b12' },
      ...{ whatsapp: '+60123456789', phone: null, email: null },
    }
    const page = renderPage(parcel, { ...setting, shop }).html
    expect(page).toContain('<title>On the way · Track parcel 632143239945</title>')
    expect(page).toContain('<img src="https://cdn.example/l.png" alt="Track your parcel">')
    expect(page).toContain('https://wa.me/60123456789?text=')
    expect(page).not.toContain('og:site_name')
    const plain = renderPage(parcel, { ...setting, shop: { ...shop, logoUrl: null } }).html
    expect(plain).toContain('<div class="brand">Track your parcel</div>')
    const named = renderPage(parcel, { ...setting, shop: { ...shop, name: 'Aroma' } }).html
    expect(named).toContain('<title>On the way · Track parcel 632143239945 · Aroma</title>')
    expect(named).toContain('<meta property="og:site_name" content="Aroma">')
  })

  test('has a policy that allows its own style, the shop’s logo, and nothing else from elsewhere', () => {
    const shop = {
      name: 'Aroma',
      logoUrl: 'https://cdn.example/l.png',
      color: '#7a3b12',
      whatsapp: null,
      phone: null,
      email: null,
    }
    const { html: page, contentSecurityPolicy } = renderPage(parcel, { ...setting, shop })
    const style = /<style>(.*?)<\/style>/s.exec(page)?.[1] ?? ''
    const hash = createHash('sha256').update(style).digest('base64')
    expect(style).toContain('--jejak-accent:#7a3b12')
    expect(contentSecurityPolicy).toBe(
      `default-src 'none'; script-src 'self'; style-src 'sha256-${hash}'; connect-src 'self'; img-src data: https://cdn.example; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
    )
  })

  test('asks search engines to stay away, and tells messengers what it is', () => {
    const page = renderPage(parcel, setting).html
    expect(page).toContain('<meta name="robots" content="noindex">')
    expect(page).toContain('<meta property="og:title" content="Track parcel 632143239945">')
    expect(page).toContain('<meta property="og:url" content="https://jejak.example/t/632143239945">')
  })

  test('says in the element of which moment it is, and whose clock, so that it goes only when the widget comes', () => {
    const page = renderPage(parcel, setting).html
    const said = '<p class="foot">As of 10:40. All times are Malaysia Time.</p></jejak-tracking>'
    expect(page).toContain(said)
    expect(page).not.toContain('<noscript>')
    expect(renderPage(parcel, { ...setting, timeZone: 'Asia/Jakarta' }).html).toContain('Western Indonesia Time.</p>')
  })

  test('searches among the parcels of the shop it was opened for', () => {
    const search = renderPage({ kind: 'search' }, { ...setting, shopSlug: 'aroma' }).html
    expect(search).toContain('<input type="hidden" name="shop" value="aroma">')
    expect(renderPage({ kind: 'search' }, setting).html).not.toContain('name="shop"')
  })

  test('tells the widget what time it is, for the phone’s clock may be wrong', () => {
    expect(renderPage(parcel, setting).html).toContain(' now="2026-03-02T02:40:00.000Z"')
  })

  test('shows everyone’s view of a signed link at once, and leaves the buyer’s to the widget', () => {
    const page = renderPage(parcel, { ...setting, linkKey: 'secret-key' }).html
    expect(page).toContain('link-key="secret-key"')
    expect(page).toContain(' document="')
  })
})

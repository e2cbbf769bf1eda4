import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { withKey } from '../testing/api-world.ts'
import { type BrowserWorld, createBrowserWorld } from './testing/browser-world.ts'
import { type ForeignPage, serveForeignPage } from './testing/foreign-page.ts'
import { delivered, onItsWay } from './testing/parcels.ts'
import { seedParcel } from './testing/seed-parcel.ts'

let world: BrowserWorld
let foreign: ForeignPage
let onItsWayId: string
const contact = { email: 'aisyah@example.com' }
const order = { orderNumber: 'KK-1001', contact }

beforeAll(async () => {
  world = await createBrowserWorld({ LIVE_GATHER: '5' })
  world.clock.set('2026-03-02T02:40:00Z')
  onItsWayId = await seedParcel(world, { ...onItsWay, ...order })
  await seedParcel(world, { ...delivered, ...order })
})
afterAll(() => world.close())
afterEach(() => foreign?.close())

const card = (page: Page) => page.locator('jejak-tracking .card')

const embed = async (element: string, options: Parameters<BrowserWorld['visit']>[0] = {}) => {
  foreign = await serveForeignPage(world.address, element)
  return world.visit({ ...options, url: foreign.url })
}

describe('the widget on a shop’s own page, under a strict policy', () => {
  test('shows a parcel, in the language and colours of that page, and nothing is refused by the policy', async () => {
    const { page, problems, cookies, requests } = await embed(
      `<jejak-tracking tracking-number="${onItsWay.trackingNumber}" lang="ms" theme="dark"></jejak-tracking>`,
    )
    await page.getByRole('heading', { name: 'Dalam perjalanan' }).waitFor()
    expect(await card(page).innerText()).toContain('Disemak 12 minit lalu, semakan berikut kira-kira 12:28.')
    await page.waitForRequest(/\/live/)
    expect(problems).toEqual([])
    expect(await cookies()).toBe(0)
    expect(
      requests
        .filter((url) => url.startsWith('http'))
        .every((url) => url.startsWith(world.address) || url === foreign.url),
    ).toBe(true)
    await world.picture(page, 'widget-on-a-foreign-page')
  })

  test('changes there without a reload', async () => {
    const { page } = await embed(`<jejak-tracking tracking-number="${onItsWay.trackingNumber}"></jejak-tracking>`)
    await page.waitForRequest(/\/live/)
    const change = (estimatedDelivery: string) =>
      world.app.inject({
        method: 'PATCH',
        url: `/v1/trackings/${onItsWayId}`,
        headers: withKey(world.shop.key),
        payload: { estimatedDelivery },
      })
    await change('2026-03-06')
    await page.getByText('Expected Friday 6 March').waitFor()
    await change('2026-03-04')
  })

  test('asks again with the tag it holds, and an unchanged answer costs no body', async () => {
    const { page } = await embed(`<jejak-tracking tracking-number="${onItsWay.trackingNumber}"></jejak-tracking>`)
    await page.getByRole('heading', { name: 'On the way' }).waitFor()
    const seen = world.logLines().length
    await page.evaluate('dispatchEvent(new Event("online"))')
    await expect
      .poll(
        () =>
          world
            .logLines()
            .slice(seen)
            .map(({ route, status }) => `${route} ${status}`),
        { timeout: 5_000 },
      )
      .toContain('/v1/track/:trackingNumber 304')
  })

  test('is themed by the page’s own properties', async () => {
    const { page } = await embed(`<jejak-tracking></jejak-tracking>`)
    await page.getByRole('button', { name: 'Track' }).waitFor()
    await page.evaluate(`document.querySelector('jejak-tracking').style.setProperty('--jejak-accent', 'rgb(1, 2, 3)')`)
    const button = `document.querySelector('jejak-tracking').shadowRoot.querySelector('.primary')`
    expect(await page.evaluate(`getComputedStyle(${button}).backgroundColor`)).toBe('rgb(1, 2, 3)')
  })
})

describe('searching inside the widget', () => {
  test('a number is shown in place', async () => {
    const { page } = await embed(`<jejak-tracking></jejak-tracking>`)
    await page.getByLabel('Tracking number').fill(delivered.trackingNumber.toLowerCase())
    await page.getByRole('button', { name: 'Track' }).click()
    await page.getByRole('heading', { name: 'Delivered' }).waitFor()
    expect(page.url()).toBe(foreign.url)
    await page.getByRole('button', { name: 'Track another parcel' }).click()
    await page.getByLabel('Tracking number').waitFor()
  })

  test('an order and its contact show all its parcels, with the courier’s words behind a fold', async () => {
    const { page, requests } = await embed(`<jejak-tracking></jejak-tracking>`)
    await page.getByText('No tracking number?').click()
    await page.getByLabel('Order number').fill('KK-1001')
    await page.getByLabel('E-mail or phone').fill('Aisyah@Example.com')
    await page.getByRole('button', { name: 'Find my order' }).click()
    await page.getByRole('heading', { name: 'Parcels of order KK-1001' }).waitFor()
    await world.picture(page, 'parcels-of-an-order')
    await page.getByRole('button', { name: /On the way/ }).click()
    await page.getByRole('heading', { name: 'On the way' }).waitFor()
    const words = card(page).getByText('Scan for Aminah').first()
    expect(await words.isVisible()).toBe(false)
    await card(page).getByText('In the courier’s words').first().click()
    expect(await words.isVisible()).toBe(true)
    expect(requests.join()).not.toMatch(/aisyah|KK-1001/i)
  })

  test('a wrong contact and a wrong order read the same', async () => {
    const texts = []
    for (const [orderNumber, who] of [
      ['KK-1001', 'someone@example.com'],
      ['KK-9999', 'aisyah@example.com'],
    ] as const) {
      const { page } = await embed(`<jejak-tracking></jejak-tracking>`)
      await page.getByText('No tracking number?').click()
      await page.getByLabel('Order number').fill(orderNumber)
      await page.getByLabel('E-mail or phone').fill(who)
      await page.getByRole('button', { name: 'Find my order' }).click()
      await page.getByRole('heading', { name: 'No order fits these details' }).waitFor()
      texts.push(await card(page).innerText())
      await foreign.close()
    }
    expect(texts[0]).toBe(texts[1])
  })
})

test('“I did not receive this” reaches the shop’s attention list', async () => {
  const { page } = await embed(`<jejak-tracking tracking-number="${delivered.trackingNumber}"></jejak-tracking>`)
  await page.getByRole('button', { name: 'I did not receive this' }).click()
  await page.getByRole('button', { name: 'Tell the shop' }).click()
  await page.getByText('Thank you. The shop has been told.').waitFor()
  const rows = await world.query('select 1 from tracking_cache where requires_attention and tracking_number = $1', [
    delivered.trackingNumber,
  ])
  expect(rows).toHaveLength(1)
})

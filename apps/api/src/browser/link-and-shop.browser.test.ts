import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Shop, withKey } from '../testing/api-world.ts'
import { type BrowserWorld, createBrowserWorld } from './testing/browser-world.ts'
import { delivered, onItsWay } from './testing/parcels.ts'
import { dressShop, seedParcel } from './testing/seed-parcel.ts'

let world: BrowserWorld
let kopi: Shop
let ids: { onItsWay: string; delivered: string; ofKopi: string }

const number = onItsWay.trackingNumber
const order = { orderNumber: 'KK-1001', contact: { email: 'aisyah@example.com' } }

beforeAll(async () => {
  world = await createBrowserWorld({ LIVE_GATHER: '5' })
  world.clock.set('2026-03-02T02:40:00Z')
  await dressShop(world, { name: 'Kedai Kopi Aroma', color: '#7a3b12' })
  kopi = await world.addShop('kopi')
  ids = {
    onItsWay: await seedParcel(world, { ...onItsWay, ...order }),
    delivered: await seedParcel(world, { ...delivered, ...order }),
    ofKopi: await seedParcel({ ...world, shop: kopi }, { ...onItsWay, status: 'out_for_delivery', substatus: null }),
  }
})
afterAll(() => world.close())

const card = (page: Page) => page.locator('jejak-tracking .card:visible')

const expectOn = async (shop: Shop, id: string, estimatedDelivery: string) =>
  world.app.inject({
    method: 'PATCH',
    url: `/v1/trackings/${id}`,
    headers: withKey(shop.key),
    payload: { estimatedDelivery },
  })

/** The path of a link that the shop makes now, as it stands in its e-mail. */
const linkTo = async (id: string): Promise<string> => {
  const url = `/v1/trackings/${id}/link`
  const answer = await world.app.inject({ method: 'POST', url, headers: withKey(world.shop.key) })
  const { pathname, search } = new URL(answer.json().url)
  return pathname + search
}

describe('a page opened by a link from the shop’s e-mail', () => {
  test('shows what only the buyer may see, the courier’s words behind a fold', async () => {
    const { page, problems } = await world.visit({ path: await linkTo(ids.onItsWay) })
    await card(page).getByText('Order number KK-1001').waitFor()
    const words = card(page).getByText('Scan for Aminah').first()
    expect(await words.isVisible()).toBe(false)
    await card(page).getByText('In the courier’s words').first().click()
    expect(await words.isVisible()).toBe(true)
    expect(problems).toEqual([])
    await world.picture(page, 'opened-by-a-link')
  })

  test('shows what everyone sees until that has come, and stays the buyer’s when news comes', async () => {
    let isReadable = false
    const { page, requests } = await world.visit({
      path: await linkTo(ids.onItsWay),
      before: (made) => made.route(/v1\/track\/.*k=/, (route) => (isReadable ? route.continue() : route.abort())),
    })
    await card(page).getByText('No connection.').waitFor()
    const text = await card(page).innerText()
    expect(text).toContain('On the way')
    expect(text).not.toContain('KK-1001')
    await page.waitForRequest(/\/live/)
    isReadable = true
    await expectOn(world.shop, ids.onItsWay, '2026-03-05')
    await page.getByText('Expected Thursday 5 March').waitFor()
    expect(await card(page).innerText()).toContain('Order number KK-1001')
    expect(requests.filter((url) => url.includes('/live')).join()).not.toContain('k=')
    await expectOn(world.shop, ids.onItsWay, '2026-03-04')
  })

  const refused = {
    expired: async () => {
      world.clock.set('2025-12-02T02:40:00Z')
      const path = await linkTo(ids.delivered)
      world.clock.set('2026-03-02T02:40:00Z')
      return path
    },
    forged: async () => (await linkTo(ids.delivered)).replace(/.{4}$/, 'AAAA'),
    'of another parcel': async () => {
      const [, query] = (await linkTo(ids.onItsWay)).split('?')
      return `/t/${delivered.trackingNumber}?${query}`
    },
  }
  test.each(Object.entries(refused))('that is %s says so, and shows what everyone may see', async (_, makePath) => {
    const { page, requests } = await world.visit({ path: await makePath() })
    await card(page).getByText('This link no longer works').waitFor()
    const text = await card(page).innerText()
    expect(text).toContain('Delivered')
    expect(text).not.toMatch(/KK-1001|courier’s words/)
    // Nothing that follows is refused for the link's sake.
    await page.getByRole('button', { name: 'Something is wrong' }).click()
    await page.getByRole('button', { name: 'Tell the shop' }).click()
    await page.getByText('Thank you. We have told the shop.').waitFor()
    await page.evaluate('dispatchEvent(new Event("online"))')
    await expect.poll(() => requests.at(-1)).toMatch(/\/v1\/track\/ER665997516MY(\?shop=default)?$/)
  })

  test('says that a link is refused in the reader’s language', async () => {
    const path = await refused.forged()
    for (const [lang, sentence] of [
      ['ms', 'Minta yang baharu daripada kedai.'],
      ['zh', '此链接已失效'],
    ]) {
      const { page } = await world.visit({ path: `${path}&lang=${lang}` })
      await card(page).getByText(sentence!).waitFor()
    }
  })
})

test('a page of one shop follows that shop’s parcel, and takes what the stream sends as it is', async () => {
  const { page, requests } = await world.visit({ path: `/t/${number}?shop=kopi` })
  await page.getByRole('heading', { name: 'Out for delivery' }).waitFor()
  const live = await page.waitForRequest(/\/live/)
  expect(live.url()).toMatch(/\/live\?shop=kopi$/)
  await expectOn(world.shop, ids.onItsWay, '2026-03-09')
  await expectOn(kopi, ids.ofKopi, '2026-03-05')
  await page.getByText('Expected Thursday 5 March').waitFor()
  expect(await card(page).innerText()).toContain('Out for delivery')
  expect(requests.filter((url) => /\/v1\/track\/\d+\?/.test(url))).toEqual([])
})

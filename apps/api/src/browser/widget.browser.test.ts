import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { withKey } from '../testing/api-world.ts'
import { type BrowserWorld, createBrowserWorld } from './testing/browser-world.ts'
import { type ForeignPage, serveForeignPage } from './testing/foreign-page.ts'
import { attemptFailed, delivered, longHistory, onItsWay } from './testing/parcels.ts'
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
  await seedParcel(world, { ...attemptFailed, orderNumber: 'KK-1002', contact })
  await seedParcel(world, longHistory)
})
afterAll(() => world.close())
afterEach(() => foreign?.close())

const card = (page: Page) => page.locator('jejak-tracking .card:visible')

const embed = async (element: string, options: Parameters<BrowserWorld['visit']>[0] = {}) => {
  foreign = await serveForeignPage(world.address, element)
  return world.visit({ ...options, url: foreign.url })
}

describe('the widget on a shop’s own page, under a strict policy', () => {
  test('shows a parcel, in the language and colours of that page, and nothing is refused by the policy', async () => {
    const { page, problems, cookies, requests } = await embed(
      `<jejak-tracking tracking-number="${onItsWay.trackingNumber}" lang="ms" theme="dark"></jejak-tracking>`,
      { colorScheme: 'dark' },
    )
    await page.getByRole('heading', { name: 'Dalam perjalanan' }).waitFor()
    expect(await card(page).innerText()).toContain('Disemak 12 minit lalu, semakan berikut sekitar 12:28.')
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
      await page.getByRole('heading', { name: 'No order matches these details' }).waitFor()
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
  await page.getByText('Thank you. We have told the shop.').waitFor()
  const rows = await world.query('select 1 from tracking_cache where requires_attention and tracking_number = $1', [
    delivered.trackingNumber,
  ])
  expect(rows).toHaveLength(1)
})

describe('with the keyboard alone', () => {
  const focused = (page: Page) =>
    page.evaluate<string | undefined>(
      `(({ activeElement: at }) => at && at.tagName + ' ' + at.innerText)(document.querySelector('jejak-tracking').shadowRoot)`,
    )
  const press = async (page: Page, name: string) => {
    await page.getByRole('button', { name }).focus()
    await page.keyboard.press('Enter')
  }

  test('who unfolds the history stays where it unfolds', async () => {
    const { page } = await embed(`<jejak-tracking tracking-number="${longHistory.trackingNumber}"></jejak-tracking>`)
    await page.getByText('Show all 50 entries').focus()
    await page.keyboard.press('Enter')
    const entries = card(page).locator('.events li').filter({ visible: true })
    await expect.poll(() => entries.count()).toBe(50)
    expect(await focused(page)).toBe('SUMMARY Show all 50 entries')
  })

  test('who reports something, and who searches again, stays where that happens', async () => {
    const { page } = await embed(`<jejak-tracking tracking-number="${attemptFailed.trackingNumber}"></jejak-tracking>`)
    await press(page, 'Something is wrong')
    await page.getByRole('button', { name: 'Tell the shop' }).waitFor()
    expect(await focused(page)).toBe('P Something is wrong')
    await press(page, 'Tell the shop')
    await page.getByText('Thank you. We have told the shop.').waitFor()
    expect(await focused(page)).toBe('P Thank you. We have told the shop.')
    await press(page, 'Track another parcel')
    await expect.poll(() => focused(page)).toMatch(/^INPUT/)
    await page.keyboard.type(delivered.trackingNumber)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Delivered' }).waitFor()
    expect(await focused(page)).toBe('H2 Delivered')
  })
})

test('a screen reader is told the language of the widget where the page has another', async () => {
  const { page } = await embed(`<jejak-tracking lang="ms"></jejak-tracking>`)
  await page.getByRole('button', { name: 'Jejak' }).waitFor()
  expect(await card(page).getAttribute('lang')).toBe('ms')
})

test('an answer that a cache has kept tells the time as well', async () => {
  const { page } = await embed(`<jejak-tracking></jejak-tracking>`)
  const writtenAt = new Date(world.clock.now().getTime() - 3_600_000)
  await page.route(`**/v1/track/${onItsWay.trackingNumber}`, async (route) => {
    const response = await route.fetch()
    await route.fulfill({ response, headers: { ...response.headers(), date: writtenAt.toUTCString(), age: '3600' } })
  })
  await page.getByLabel('Tracking number').fill(onItsWay.trackingNumber)
  await page.getByRole('button', { name: 'Track' }).click()
  await page.getByText('Checked 12 minutes ago').waitFor()
})

test('many widgets on one page leave connections to the page', async () => {
  const element = `<jejak-tracking tracking-number="${onItsWay.trackingNumber}"></jejak-tracking>`
  const { page, requests } = await embed(element.repeat(8))
  const streams = () => requests.filter((url) => url.endsWith('/live'))
  await expect.poll(() => streams().length).toBeGreaterThanOrEqual(4)
  const url = `${world.address}/v1/track/${delivered.trackingNumber}`
  const status = page.evaluate(`fetch('${url}', { signal: AbortSignal.timeout(5000) }).then(({ status }) => status)`)
  expect(await status).toBe(200)
  expect(streams()).toHaveLength(4)
})

test('a widget whose document cannot be read asks for it', async () => {
  for (const document of ['{', '1', '{&quot;trackingNumber&quot;:1}']) {
    const { page, problems } = await embed(
      `<jejak-tracking tracking-number="${onItsWay.trackingNumber}" document="${document}"></jejak-tracking>`,
    )
    await page.getByRole('heading', { name: 'On the way' }).waitFor()
    expect(problems).toEqual([])
    await foreign.close()
  }
})

test('a widget that is taken away while it looks an order up follows nothing', async () => {
  const { page } = await embed(`<jejak-tracking></jejak-tracking>`)
  let release = () => {}
  const isReleased = new Promise<void>((resolve) => {
    release = resolve
  })
  await page.route('**/v1/track', async (route) => {
    await isReleased
    await route.continue()
  })
  await page.getByText('No tracking number?').click()
  await page.getByLabel('Order number').fill('KK-1002')
  await page.getByLabel('E-mail or phone').fill('aisyah@example.com')
  await page.getByRole('button', { name: 'Find my order' }).click()
  await page.getByText('Searching').waitFor()
  await page.evaluate(`(window.taken = document.querySelector('jejak-tracking')).remove()`)
  const answered = page.waitForResponse(/\/v1\/track$/)
  release()
  await (await answered).finished()
  expect(await page.evaluate('new Promise((resolve) => setTimeout(() => resolve(taken.following)))')).toBeNull()
})

describe('a widget with the key of a link', () => {
  const number = '632143230077'
  const element = (key: string) => `<jejak-tracking tracking-number="${number}" link-key="${key}"></jejak-tracking>`
  let shop: Awaited<ReturnType<BrowserWorld['addShop']>>
  let parcelId: string
  let key: string

  beforeAll(async () => {
    shop = await world.addShop('kopi')
    const parcel = { ...onItsWay, trackingNumber: number }
    await seedParcel(world, { ...parcel, courier: 'GDEX', registeredHoursAgo: 90 })
    parcelId = await seedParcel(world, { ...parcel, orderNumber: 'KOPI-7' }, shop)
    const headers = withKey(shop.key)
    const link = await world.app.inject({ method: 'POST', url: `/v1/trackings/${parcelId}/link`, headers })
    key = new URL(link.json().url).searchParams.get('k')!
  })

  test('shows and follows the parcel of the link’s shop, whoever else has the number, and keeps what the buyer may see', async () => {
    const { page, requests } = await embed(element(key))
    await page.getByText('KOPI-7').waitFor()
    await page.waitForRequest(/\/live/)
    await world.app.inject({
      method: 'PATCH',
      url: `/v1/trackings/${parcelId}`,
      headers: withKey(shop.key),
      payload: { estimatedDelivery: '2026-03-06' },
    })
    await page.getByText('Expected Friday 6 March').waitFor()
    const text = await card(page).innerText()
    expect(text).toContain('J&T Express')
    expect(text).toContain('KOPI-7')
    expect(await card(page).getByText('Scan for Aminah').count()).toBe(onItsWay.scans!.length)
    expect(requests.filter((url) => url.includes('/live'))).toEqual([
      `${world.address}/v1/track/${number}/live?shop=kopi`,
    ])
  })

  test('uses it for its own number only, and not again once it was refused', async () => {
    const { page, requests } = await embed(element('no-key-at-all'))
    const asked = () => requests.filter((url) => /\/v1\/track\/\w+(\?|$)/.test(url)).map((url) => url.split('/').at(-1))
    await page.getByText('GDEX', { exact: true }).waitFor()
    await page.evaluate('dispatchEvent(new Event("online"))')
    await expect.poll(asked).toEqual([`${number}?k=no-key-at-all`, number, number])
    await page.getByRole('button', { name: 'Track another parcel' }).click()
    await page.getByLabel('Tracking number').fill(delivered.trackingNumber)
    await page.getByRole('button', { name: 'Track' }).click()
    await page.getByRole('heading', { name: 'Delivered' }).waitFor()
    expect(asked().slice(3)).toEqual([delivered.trackingNumber])
  })
})

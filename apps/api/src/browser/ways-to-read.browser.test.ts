import { languages } from '@jejak/contract'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type BrowserWorld, createBrowserWorld } from './testing/browser-world.ts'
import { attemptFailed, delivered, longHistory, onItsWay, waiting } from './testing/parcels.ts'
import { dressShop, seedParcel } from './testing/seed-parcel.ts'

let world: BrowserWorld
const order = { orderNumber: 'KK-1001', contact: { email: 'aisyah@example.com' } }

beforeAll(async () => {
  world = await createBrowserWorld()
  world.clock.set('2026-03-02T02:40:00Z')
  const contacts = { whatsapp: '+60123456789', phone: '+60312345678', email: 'hai@aroma.example' }
  await dressShop(world, { name: 'Kedai Kopi Aroma', color: '#7a3b12', ...contacts })
  for (const parcel of [onItsWay, delivered, attemptFailed, longHistory])
    await seedParcel(world, { ...parcel, ...order })
  await seedParcel(world, waiting('600000000002'))
})
afterAll(() => world.close())

const card = (page: Page) => page.locator('jejak-tracking .card:visible')
const open = async (path: string, options: Parameters<BrowserWorld['visit']>[0] = {}) => {
  const visitor = await world.visit({ path, ...options })
  await card(visitor.page).waitFor()
  return visitor
}

describe('on paper', () => {
  const controls = 'a, button, input, summary'

  test('stands what is known of the parcel, and nothing to press', async () => {
    const { page } = await open(`/t/${onItsWay.trackingNumber}`)
    expect(await page.locator(controls).filter({ visible: true }).count()).toBeGreaterThan(3)
    await page.emulateMedia({ media: 'print' })
    expect(await page.locator('body').innerText()).toContain('Kedai Kopi Aroma')
    const text = await card(page).innerText()
    for (const said of [
      '632143239945',
      'On the way',
      'Expected Wednesday 4 March',
      'Out for delivery',
      'Checked 12 minutes ago',
      'Left a sorting centre',
      'The courier has the details',
    ])
      expect(text).toContain(said)
    expect(await page.locator(controls).filter({ visible: true }).count()).toBe(0)
    await world.picture(page, 'print')
  })

  test('stands a long history to its first entry, on as many pages as it needs', async () => {
    for (const javaScriptEnabled of [true, false]) {
      const { page } = await world.visit({ path: `/t/${longHistory.trackingNumber}`, javaScriptEnabled })
      const oldest = page.locator('.events time').last()
      await oldest.waitFor({ state: 'attached' })
      expect(await oldest.isVisible()).toBe(false)
      await page.emulateMedia({ media: 'print' })
      expect(await oldest.isVisible()).toBe(true)
      const pages = (await page.pdf({ format: 'A4' })).toString('latin1').match(/\/Type \/Page\b/g)
      expect(pages?.length).toBeGreaterThan(1)
    }
  })

  test('is black on white, whatever the screen prefers', async () => {
    const { page } = await open(`/t/${onItsWay.trackingNumber}`, { colorScheme: 'dark' })
    await page.evaluate(`document.querySelector('jejak-tracking').setAttribute('theme', 'dark')`)
    await page.emulateMedia({ media: 'print' })
    const style = `getComputedStyle(document.querySelector('jejak-tracking').shadowRoot.querySelector('.card'))`
    expect(await page.evaluate(`[${style}.color, ${style}.backgroundColor]`)).toEqual([
      'rgb(27, 32, 38)',
      'rgb(255, 255, 255)',
    ])
  })
})

test('nothing moves for who wants no motion', async () => {
  const { page } = await open(`/t/${onItsWay.trackingNumber}`, { reducedMotion: 'reduce' })
  const moving = await page.evaluate(`(() => {
    const all = (root) => [...root.querySelectorAll('*')].flatMap((one) => [one, ...(one.shadowRoot ? all(one.shadowRoot) : [])])
    const styles = all(document).flatMap((one) => [null, '::before', '::after'].map((part) => getComputedStyle(one, part)))
    return styles.filter((style) => style.animationName !== 'none' || style.transitionDuration !== '0s' || style.scrollBehavior === 'smooth').length
  })()`)
  expect(moving).toBe(0)
})

describe('with the keyboard alone', () => {
  /** Presses Tab until what has the focus shows this text, or has this name or label. */
  const tabTo = async (page: Page, name: string): Promise<void> => {
    const focused = `(() => {
      const one = document.activeElement?.shadowRoot?.activeElement ?? document.activeElement
      return [one?.innerText, ...(one?.labels ? [...one.labels].map((label) => label.innerText) : [])].join(' ')
    })()`
    for (let presses = 0; presses < 40; presses += 1) {
      await page.keyboard.press('Tab')
      if (((await page.evaluate(focused)) as string).includes(name)) return
    }
    throw new Error(`Tab does not lead to “${name}”.`)
  }
  const outline = (page: Page) =>
    page.evaluate(
      `getComputedStyle(document.activeElement.shadowRoot?.activeElement ?? document.activeElement).outlineStyle`,
    )

  test('a parcel is found, its whole history unfolded, and the shop told that something is wrong', async () => {
    const { page } = await open('/')
    await tabTo(page, 'Tracking number')
    expect(await outline(page)).toBe('solid')
    await page.keyboard.type(longHistory.trackingNumber)
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/t\//)
    await page.getByRole('heading', { name: 'On the way' }).waitFor()

    await tabTo(page, 'Show all 50 entries')
    expect(await outline(page)).toBe('solid')
    const oldest = page.locator('.events time').last()
    await page.keyboard.press('Enter')
    expect(await oldest.isVisible()).toBe(true)

    await tabTo(page, 'Something is wrong')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.shadowRoot.activeElement.innerText')).toBe('Tell the shop')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Something is wrong' }).waitFor()
    await tabTo(page, 'Something is wrong')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByText('Thank you. We have told the shop.').waitFor()
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.shadowRoot.activeElement.innerText')).toBe(
      'Track another parcel',
    )
  })

  test('an order is found, one of its parcels opened, and the courier’s words unfolded', async () => {
    const { page } = await open('/')
    await tabTo(page, 'Use your order number')
    await page.keyboard.press('Enter')
    await tabTo(page, 'Order number')
    await page.keyboard.type('KK-1001')
    await tabTo(page, 'E-mail or phone')
    await page.keyboard.type('aisyah@example.com')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Parcels of order KK-1001' }).waitFor()
    await tabTo(page, 'The courier could not deliver')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'The courier could not deliver' }).waitFor()
    await tabTo(page, 'In the courier’s words')
    await page.keyboard.press('Space')
    expect(await card(page).getByText('Scan for Aminah').first().isVisible()).toBe(true)
    await tabTo(page, 'Parcels of order KK-1001')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Parcels of order KK-1001' }).waitFor()
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.shadowRoot.activeElement.className')).toBe('parcel')
  })
})

describe('at a width of 320 pixels nothing is cut off and nothing scrolls sideways', () => {
  /** Texts and controls that reach into the page's margin: what overflows a card is clipped, so nothing need scroll for it. */
  const beyond = `(() => {
    const all = (root) => [...root.querySelectorAll('*')].flatMap((one) => [one, ...(one.shadowRoot ? all(one.shadowRoot) : [])])
    const range = document.createRange()
    const boxOf = (part) => {
      if (part.nodeType === Node.TEXT_NODE) range.selectNode(part)
      return (part.nodeType === Node.TEXT_NODE ? range : part).getBoundingClientRect()
    }
    return all(document.body)
      .filter((one) => !one.closest('.hidden, noscript'))
      .flatMap((one) => [...one.childNodes].filter((part) => part.nodeType === Node.TEXT_NODE || part.matches?.('input, button, .button')))
      .filter((part) => boxOf(part).width > 0 && (boxOf(part).right > innerWidth - 16 || boxOf(part).left < 16))
      .map((part) => part.textContent.trim() || part.outerHTML)
      .filter(Boolean)
  })()`
  const findings = async (page: Page) => [
    ...((await page.evaluate(beyond)) as string[]),
    ...((await page.evaluate('document.documentElement.scrollWidth')) === 320 ? [] : ['the page']),
  ]
  const narrow = { viewport: { width: 320, height: 640 } }

  test.each(languages)('in %s', async (lang) => {
    const paths = [onItsWay, delivered, attemptFailed, longHistory].map(({ trackingNumber }) => `/t/${trackingNumber}`)
    for (const path of [...paths, '/t/600000000002', '/t/600000000099', '/t/EI-2602-4P2SK', '/'])
      for (const javaScriptEnabled of [true, false]) {
        const { page } = await open(`${path}?lang=${lang}`, { ...narrow, javaScriptEnabled })
        expect(await findings(page), `${path} ${javaScriptEnabled}`).toEqual([])
      }
  })

  test.each(languages)('in %s, of an order and of a report', async (lang) => {
    const { page } = await open(`/?lang=${lang}`, narrow)
    await page.locator('summary').click()
    await page.locator('input[name=order]').fill('KK-1001')
    await page.locator('input[name=contact]').fill('aisyah@example.com')
    expect(await findings(page)).toEqual([])
    await page.keyboard.press('Enter')
    await page.locator('button.parcel').first().waitFor()
    expect(await findings(page)).toEqual([])
    await page.locator('button.parcel', { hasText: delivered.trackingNumber }).click()
    await page.locator('.history summary').first().click()
    await page.locator('.help button').first().click()
    expect(await findings(page)).toEqual([])
  })
})

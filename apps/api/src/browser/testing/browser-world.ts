import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { inject } from 'vitest'
import { type ApiWorld, createApiWorld } from '../../testing/api-world.ts'

const flags = [
  '--no-sandbox',
  '--headless',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
]
const pictures = fileURLToPath(new URL('../../../../../docs/images/', import.meta.url))

export type Visit = BrowserContextOptions & {
  path?: string
  url?: string
  before?: (page: Page) => Promise<unknown>
  hasOwnClock?: boolean
  /** How far the visitor's clock is ahead of the server's. */
  aheadMs?: number
}
export type Visitor = { page: Page; requests: string[]; problems: string[]; cookies: () => Promise<number> }
export type BrowserWorld = ApiWorld & {
  address: string
  visit: (visit: Visit) => Promise<Visitor>
  /** Kept in docs/images when SCREENSHOTS is set. */
  picture: (page: Page, name: string) => Promise<void>
}

/** The built API on a port of its own, and a browser whose clock is the world's. */
export const createBrowserWorld = async (env: Record<string, string> = {}): Promise<BrowserWorld> => {
  const world = await createApiWorld({ OVERLOAD_DELAY_MAX: '60000', ...env })
  // Node would write the machine's time; the browser takes the server's word for what time it is.
  world.app.server.prependListener('request', (_request, response) =>
    response.setHeader('date', world.clock.now().toUTCString()),
  )
  const address = await world.app.listen({ host: '127.0.0.1', port: 0 })
  const { executablePath, env: browserEnv } = inject('browser')
  const browser: Browser = await chromium.launch({
    executablePath,
    args: flags,
    env: { ...process.env, ...browserEnv },
  })

  const visit: BrowserWorld['visit'] = async ({
    path = '/',
    url,
    before,
    hasOwnClock = false,
    aheadMs = 0,
    ...options
  }) => {
    const context = await browser.newContext({
      locale: 'en-GB',
      timezoneId: 'Asia/Kuala_Lumpur',
      viewport: { width: 1024, height: 900 },
      ...options,
    })
    const page = await context.newPage()
    const visitor: Visitor = { page, requests: [], problems: [], cookies: async () => (await context.cookies()).length }
    page.on('request', (request) => visitor.requests.push(request.url()))
    page.on('pageerror', (error) => visitor.problems.push(error.message))
    page.on('console', (message) => message.type() === 'error' && visitor.problems.push(message.text()))
    // A clock that is set by hand takes the browser's own measurements away.
    if (!hasOwnClock) await page.clock.setFixedTime(world.clock.now().getTime() + aheadMs)
    await before?.(page)
    await page.goto(url ?? `${address}${path}`)
    return visitor
  }
  return {
    ...world,
    address,
    visit,
    picture: async (page, name) => {
      if (!process.env.SCREENSHOTS) return
      await mkdir(pictures, { recursive: true })
      await page.screenshot({ path: `${pictures}${name}.png`, fullPage: true })
    },
    close: async () => {
      await browser.close()
      await world.close()
    },
  }
}

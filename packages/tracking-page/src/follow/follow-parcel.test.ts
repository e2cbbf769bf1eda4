import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { ShownDocument } from '../view/shown-document.ts'
import { type Found, followParcel, type Parcel } from './follow-parcel.ts'
import type { StreamEvents } from './live.ts'

const start = new Date('2026-03-02T02:40:00Z')
const minute = 60_000
const at = (minutes: number) => new Date(start.getTime() + minutes * minute).toISOString()

beforeEach(() => {
  vi.useFakeTimers({ now: start })
})
afterEach(() => {
  vi.useRealTimers()
})

const parcel = (more: Partial<ShownDocument['freshness']> = {}): ShownDocument => ({
  ...{ trackingNumber: '632143239945', courier: null, status: 'in_transit', substatus: null },
  ...{ deliveredAt: null, estimatedDelivery: null, events: [] },
  freshness: {
    ...{ state: 'fresh', checkedAt: at(-12), changedAt: at(-60), nextCheckAt: at(108), source: 'scheduled' },
    ...{ reason: null, ...more },
  },
})
const found = (document = parcel()): Found => ({ kind: 'document', document })

/** A page that follows a parcel: its streams, its reads (which wait for `answer`), and what it showed. */
const aPage = (given: Partial<Parcel> = {}) => {
  const page = {
    isHidden: false,
    hasStreams: true,
    liveUrl: '/live',
    streams: [] as (StreamEvents & { url: string; isClosed: boolean })[],
    reads: [] as ((answer: Found) => void)[],
    shown: [] as Found[],
    answer: async (answer = found()) => {
      page.reads.at(-1)?.(answer)
      await vi.advanceTimersByTimeAsync(0)
    },
  }
  const following = followParcel(
    {
      document: parcel(),
      read: () => new Promise((resolve) => page.reads.push(resolve)),
      liveUrl: () => page.liveUrl,
      readsMore: () => false,
      onFound: (one) => page.shown.push(one),
      ...given,
    },
    {
      now: () => new Date(),
      isHidden: () => page.isHidden,
      openStream: (url, events) => {
        if (!page.hasStreams) return null
        const stream = { ...events, url, isClosed: false }
        page.streams.push(stream)
        return () => {
          stream.isClosed = true
        }
      },
    },
  )
  return Object.assign(page, following)
}
/** The same, with its stream open. */
const aLivePage = (given: Partial<Parcel> = {}) => {
  const page = aPage(given)
  vi.advanceTimersByTime(1500)
  page.streams[0]!.onOpen()
  return page
}

describe('a page whose stream ends', () => {
  test.each([
    ['and is tried again by the browser', false],
    ['for good', true],
  ])('%s reads within five minutes, not half an hour later', (_, isOver) => {
    const page = aLivePage()
    vi.advanceTimersByTime(minute)
    page.streams[0]!.onCut(isOver)
    vi.advanceTimersByTime(5 * minute - 1)
    expect(page.reads).toHaveLength(0)
    vi.advanceTimersByTime(1)
    expect(page.reads).toHaveLength(1)
  })

  test('for good opens another five minutes later', () => {
    const page = aLivePage()
    page.streams[0]!.onCut(true)
    expect(page.streams[0]!.isClosed).toBe(true)
    vi.advanceTimersByTime(5 * minute)
    expect(page.streams).toHaveLength(2)
  })

  test('reads rarely while it is open', () => {
    const page = aLivePage()
    vi.advanceTimersByTime(30 * minute - 1)
    expect(page.reads).toHaveLength(0)
  })

  test('or that gets none reads, and asks for one again', () => {
    const page = aPage()
    page.hasStreams = false
    vi.advanceTimersByTime(5 * minute)
    expect([page.streams.length, page.reads.length]).toEqual([0, 1])
    page.hasStreams = true
    vi.advanceTimersByTime(5 * minute)
    expect(page.streams).toHaveLength(1)
  })
})

describe('news that comes while an older answer is on its way', () => {
  const news = parcel({ changedAt: at(0), checkedAt: at(0) })

  test('is shown at once, and not hidden by that answer', async () => {
    const page = aLivePage()
    page.readNow()
    page.streams[0]!.onNews(news)
    expect(page.shown).toEqual([found(news)])
    await page.answer(found(parcel()))
    expect(page.shown).toEqual([found(news)])
    expect(page.reads).toHaveLength(2)
    await page.answer(found(news))
    expect(page.shown.at(-1)).toEqual(found(news))
  })

  test('of a page that has to read it, or that it cannot read, is read as soon as that answer is there', async () => {
    for (const [given, arrived] of [
      [{ readsMore: () => true }, news],
      [{}, null],
    ] as const) {
      const page = aLivePage(given)
      page.readNow()
      page.streams[0]!.onNews(arrived)
      expect([page.shown.length, page.reads.length]).toEqual([0, 1])
      await page.answer()
      expect(page.reads).toHaveLength(2)
      await page.answer(found(news))
      expect(page.shown).toEqual([found(news)])
      page.stop()
    }
  })
})

describe('the page of a link', () => {
  const withLink = { readsMore: () => true }

  test('takes news of a change as a reason to read, for only a read tells what the buyer may see', () => {
    const page = aLivePage(withLink)
    page.streams[0]!.onNews(parcel({ changedAt: at(1) }))
    expect([page.shown.length, page.reads.length]).toEqual([0, 1])
  })

  test('reads nothing when all is as it was but the time of the last check', () => {
    const page = aLivePage(withLink)
    page.streams[0]!.onNews(parcel({ checkedAt: at(1) }))
    expect([page.shown.length, page.reads.length]).toEqual([1, 0])
  })

  test('opens no stream before its answer has said which shop’s parcel it is', async () => {
    const page = aPage({ ...withLink, document: null })
    page.look()
    vi.advanceTimersByTime(10_000)
    expect(page.streams).toHaveLength(0)
    page.liveUrl = '/live?shop=kopi'
    await page.answer()
    vi.advanceTimersByTime(1500)
    expect(page.streams.map(({ url }) => url)).toEqual(['/live?shop=kopi'])
  })

  test('moves to the stream of that shop', async () => {
    const page = aLivePage(withLink)
    page.readNow()
    page.liveUrl = '/live?shop=kopi'
    await page.answer()
    vi.advanceTimersByTime(1500)
    expect(page.streams.map(({ url, isClosed }) => [url, isClosed])).toEqual([
      ['/live', true],
      ['/live?shop=kopi', false],
    ])
  })
})

test('a page that is hidden asks for nothing, and catches up when it is seen again', () => {
  const page = aLivePage()
  page.isHidden = true
  page.look()
  vi.advanceTimersByTime(60 * minute)
  expect([page.reads.length, page.streams[0]!.isClosed]).toEqual([0, true])
  page.isHidden = false
  page.look()
  expect([page.reads.length, page.streams.length]).toEqual([1, 2])
})

test('a parcel at its end is not followed', async () => {
  const page = aLivePage()
  page.streams[0]!.onNews(parcel({ state: 'final' }))
  vi.advanceTimersByTime(60 * minute)
  expect([page.reads.length, page.streams.length, page.streams[0]!.isClosed]).toEqual([0, 1, true])
})

test('a page that stops shows nothing that comes later, and has no timer left', async () => {
  const page = aLivePage()
  page.readNow()
  page.stop()
  await page.answer()
  expect(page.shown).toEqual([])
  expect([page.streams[0]!.isClosed, vi.getTimerCount()]).toEqual([true, 0])
})

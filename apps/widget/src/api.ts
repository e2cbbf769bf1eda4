import type { ReportKind } from '@jejak/contract'
import type { Failed, Found } from '@jejak/tracking-page/follow/follow-parcel.ts'
import { isPassing, type Notice, noticeForStatus } from '@jejak/tracking-page/view/notices.ts'
import type { ShownDocument } from '@jejak/tracking-page/view/shown-document.ts'

export type Where = { api: string; shop: string | null; linkKey: string | null }
export type FoundOrder = { kind: 'list'; orderNumber: string; documents: ShownDocument[] } | Failed

const failed = (notice: Notice): Failed => ({ kind: 'notice', notice, isPassing: isPassing(notice) })

const timeoutMs = 15_000
let clockOffsetMs = 0

/** Now by the server's clock, as far as its answers have told: a phone may be hours out. */
export const serverNow = (): Date => new Date(Date.now() + clockOffsetMs)

/** Takes the server's word for what time it is; NaN says nothing. */
export const noteClock = (serverMs: number): void => {
  const offset = serverMs - Date.now()
  if (Number.isFinite(offset)) clockOffsetMs = Math.abs(offset) > 30_000 ? offset : 0
}

const ask = async (url: string, init: RequestInit): Promise<Response | null> => {
  try {
    const response = await fetch(url, { ...init, credentials: 'omit', signal: AbortSignal.timeout(timeoutMs) })
    const { headers } = response
    // What a cache on the way has kept was written `Age` seconds ago.
    noteClock(Date.parse(headers.get('date') ?? '') + Number(headers.get('age')) * 1000)
    return response
  } catch {
    return null
  }
}

const textOf = (response: Response): Promise<string> => response.text().catch(() => '')

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const isDocument = (body: unknown): body is ShownDocument =>
  typeof body === 'object' && body !== null && 'trackingNumber' in body && 'freshness' in body

/** The document in a text, or null if there is none. */
export const parseDocument = (text: string): ShownDocument | null => {
  const body = parse(text)
  return isDocument(body) ? body : null
}

/** The address of what is at `path` below the parcels. */
const urlAt = (path: string, { api, shop, linkKey }: Where): string => {
  const query = new URLSearchParams({ ...(shop && { shop }), ...(linkKey && { k: linkKey }) }).toString()
  return `${api}/v1/track${path}${query && `?${query}`}`
}

const pathOf = (number: string): string => `/${encodeURIComponent(number)}`

/** Live updates know no keys. */
export const liveUrl = (where: Where, number: string): string =>
  urlAt(`${pathOf(number)}/live`, { ...where, linkKey: null })

/** Reads a document; a link that is refused is forgotten. `no-cache` lets the browser ask with the ETag it holds, which needs no preflight on a foreign page. */
export const findDocument = async (where: Where, number: string): Promise<Found> => {
  const response = await ask(urlAt(pathOf(number), where), { cache: 'no-cache' })
  if (!response) return failed('offline')
  // A link that has expired still shows what everyone may see.
  if (response.status === 403 && where.linkKey) {
    where.linkKey = null
    return findDocument(where, number)
  }
  if (!response.ok) return failed(noticeForStatus(response.status))
  const document = parseDocument(await textOf(response))
  return document ? { kind: 'document', document } : failed('unavailable')
}

const post = (url: string, body: unknown): Promise<Response | null> =>
  ask(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })

/** All parcels of an order, for who knows the buyer's e-mail address or phone number. */
export const findOrder = async (where: Where, given: { orderNumber: string; contact: string }): Promise<FoundOrder> => {
  const response = await post(urlAt('', where), given)
  if (!response) return failed('offline')
  if (response.status === 400 || response.status === 404) return failed('order_not_found')
  if (!response.ok) return failed(noticeForStatus(response.status))
  const body = parse(await textOf(response)) as { orderNumber?: string; trackings?: unknown[] } | null
  const documents = (body?.trackings ?? []).filter(isDocument)
  if (documents.length === 0) return failed('order_not_found')
  return { kind: 'list', orderNumber: body?.orderNumber ?? given.orderNumber, documents }
}

/** Puts the parcel on the shop's attention list; false if it could not. */
export const sendReport = async (
  where: Where,
  { number, kind }: { number: string; kind: ReportKind },
): Promise<boolean> => (await post(urlAt(`${pathOf(number)}/report`, where), { kind }))?.ok ?? false

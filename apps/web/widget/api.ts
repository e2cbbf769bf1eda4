import type { ReportKind } from '@jejak/contract'
import { isPassing, type Notice, noticeForNumber, noticeForStatus } from '../src/view/notices.ts'
import type { ShownDocument } from '../src/view/shown-document.ts'

export type Where = { api: string; shop: string | null; linkKey: string | null }
/** `isPassing`: the same question may get another answer soon. */
type Failed = { kind: 'notice'; notice: Notice; isPassing: boolean }
export type Found = { kind: 'document'; document: ShownDocument } | Failed
export type FoundOrder = { kind: 'list'; orderNumber: string; documents: ShownDocument[] } | Failed

const failed = (notice: Notice): Failed => ({ kind: 'notice', notice, isPassing: isPassing(notice) })

const timeoutMs = 15_000
let clockOffsetMs = 0

/** Now by the server's clock, as far as its answers have told: a phone may be hours out. */
export const serverNow = (): Date => new Date(Date.now() + clockOffsetMs)

const noteClock = (response: Response): void => {
  const date = Date.parse(response.headers.get('date') ?? '')
  const offset = date - Date.now()
  if (Number.isFinite(offset)) clockOffsetMs = Math.abs(offset) > 30_000 ? offset : 0
}

const ask = async (url: string, init: RequestInit): Promise<Response | null> => {
  try {
    const response = await fetch(url, { ...init, credentials: 'omit', signal: AbortSignal.timeout(timeoutMs) })
    noteClock(response)
    return response
  } catch {
    return null
  }
}

const bodyOf = async (response: Response): Promise<unknown> => {
  try {
    return await response.json()
  } catch {
    return null
  }
}

const isDocument = (body: unknown): body is ShownDocument =>
  typeof body === 'object' && body !== null && 'trackingNumber' in body && 'freshness' in body

export const trackUrl = ({ api, shop, linkKey }: Where, number: string, leaf = ''): string => {
  const query = new URLSearchParams({ ...(shop ? { shop } : {}), ...(linkKey ? { k: linkKey } : {}) }).toString()
  return `${api}/v1/track/${encodeURIComponent(number)}${leaf}${query ? `?${query}` : ''}`
}

/** Reads a document. `no-cache` lets the browser ask with the ETag it holds, which needs no preflight on a foreign page. */
export const findDocument = async (where: Where, number: string): Promise<Found> => {
  if (number.trim() === '') return failed(noticeForNumber(number))
  const response = await ask(trackUrl(where, number), { cache: 'no-cache' })
  if (!response) return failed('offline')
  // A link that has expired still shows what everybody may see.
  if (response.status === 403 && where.linkKey) return findDocument({ ...where, linkKey: null }, number)
  if (!response.ok) return failed(noticeForStatus(response.status, number))
  const document = await bodyOf(response)
  return isDocument(document) ? { kind: 'document', document } : failed('unavailable')
}

const post = (url: string, body: unknown): Promise<Response | null> =>
  ask(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })

/** All parcels of an order, for who knows the buyer's e-mail address or phone number. */
export const findOrder = async (where: Where, given: { orderNumber: string; contact: string }): Promise<FoundOrder> => {
  const url = `${where.api}/v1/track${where.shop ? `?${new URLSearchParams({ shop: where.shop })}` : ''}`
  const response = await post(url, given)
  if (!response) return failed('offline')
  if (response.status === 400 || response.status === 404) return failed('order_not_found')
  if (!response.ok) return failed(noticeForStatus(response.status, ''))
  const body = (await bodyOf(response)) as { orderNumber?: string; trackings?: unknown[] } | null
  const documents = (body?.trackings ?? []).filter(isDocument)
  if (documents.length === 0) return failed('order_not_found')
  return { kind: 'list', orderNumber: body?.orderNumber ?? given.orderNumber, documents }
}

/** Puts the parcel on the shop's attention list; false if it could not. */
export const sendReport = async (where: Where, number: string, kind: ReportKind): Promise<boolean> =>
  (await post(trackUrl(where, number, '/report'), { kind }))?.ok ?? false

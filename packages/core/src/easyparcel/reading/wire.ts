import { z } from 'zod'
import { cleanText } from './clean-text.ts'

const textMax = 500

/** A text that may be missing, null, a number or something else entirely: '' when there is none. */
export const text = (charactersMax = textMax) =>
  z
    .unknown()
    .optional()
    .transform((value) =>
      typeof value === 'string' || Number.isFinite(value) ? cleanText(String(value), charactersMax) : '',
    )

const isNumericKeyed = (value: object): boolean => Object.keys(value).every((key) => /^\d+$/.test(key))

/** PHP writes a list as an array, an object with numeric keys, `""` or null. */
export const phpList = z.preprocess((value) => {
  if (value === null || value === '') return []
  if (typeof value === 'object' && !Array.isArray(value) && isNumericKeyed(value)) return Object.values(value)
  return value
}, z.array(z.unknown()))

/** One scan as either API writes it. `rawAt` is '' when there is no date; `code` is not yet read. */
export type WireScan = { rawAt: string; code: unknown; text: string; location: string | null }

const noScan: WireScan = { rawAt: '', code: null, text: '', location: null }

const openScan = z
  .object({
    event_date: text(),
    shipment_status_code: z.unknown().optional(),
    tracking_status: text(),
    location: text(),
  })
  .transform(
    (scan): WireScan => ({
      rawAt: scan.event_date,
      code: scan.shipment_status_code,
      text: scan.tracking_status,
      location: scan.location || null,
    }),
  )
  .catch(noScan)

/** The time comes as `event_date` + `event_time`, or in one field whose name differs between clients (docs/easyparcel.md). */
const classicScan = z
  .object({
    event_date: text(),
    event_time: text(),
    update: text(),
    datetime: text(),
    status: text(),
    location: text(),
    ep_status_code: z.unknown().optional(),
  })
  .transform(
    (scan): WireScan => ({
      rawAt: `${scan.event_date} ${scan.event_time}`.trim() || scan.datetime || scan.update,
      code: scan.ep_status_code,
      text: scan.status,
      location: scan.location || null,
    }),
  )
  .catch(noScan)

/** What one answer says about one number. `log` is null when it is not a list; `latest` is null when nothing of it was given. */
export type WireItem = { number: string; status: string; log: WireScan[] | null; latest: WireScan | null }

const scanLog = (scan: typeof openScan | typeof classicScan) =>
  phpList
    .optional()
    .transform((entries = []): WireScan[] | null => entries.map((entry) => scan.parse(entry)))
    .catch(null)

const given = (scan: WireScan): WireScan | null =>
  scan.rawAt || scan.text || (scan.code ?? null) !== null ? scan : null

/** One entry of `data.results` of tracking_status (docs/easyparcel.md). */
export const openItem = z
  .object({
    awb_number: text(),
    status: text(),
    latest_shipment_status_code: z.unknown().optional(),
    latest_tracking_status: text(),
    latest_event_date: text(),
    status_log: scanLog(openScan),
  })
  .transform(
    (item): WireItem => ({
      number: item.awb_number,
      status: item.status.toLowerCase(),
      log: item.status_log,
      latest: given({
        rawAt: item.latest_event_date,
        code: item.latest_shipment_status_code,
        text: item.latest_tracking_status,
        location: null,
      }),
    }),
  )

/** One entry of `result` of EPTrackingBulk (docs/easyparcel.md). */
export const classicItem = z
  .object({
    awb: text(),
    status: text(),
    latest_status: text(),
    latest_update: text(),
    ep_status_code: z.unknown().optional(),
    status_list: scanLog(classicScan),
  })
  .transform(
    (item): WireItem => ({
      number: item.awb,
      status: item.status.toLowerCase(),
      log: item.status_list,
      latest:
        item.latest_status || item.latest_update
          ? { rawAt: item.latest_update, code: item.ep_status_code, text: item.latest_status, location: null }
          : null,
    }),
  )

/** The envelope of tracking_status; `request_id` is missing from some samples. */
export const openAnswer = z.object({ data: z.object({ results: phpList }) })

/** The envelope of every classic action: HTTP 200 also for business errors, `error_code` as text or number. */
export const classicEnvelope = z.object({
  api_status: text().transform((status) => status.toLowerCase()),
  error_code: text(),
})

/** A successful EPTrackingBulk. */
export const classicAnswer = z.object({ result: phpList })

import { languages } from '@jejak/contract'
import type { Counters, ReadState, ReadWay } from '@jejak/core/counting'
import type { FastifyRequest } from 'fastify'
import { languageFor } from './page-renderer.ts'

type Headers = Pick<FastifyRequest, 'headers'>

/** `row` says whose parcel was found; `shop` is the address name that was asked for. */
type Looked = {
  /** Null: what the headers tell of a plain read. */
  way: ReadWay | null
  state: ReadState
  row?: { organizationId: string }
  shop?: string | undefined
  lang?: string | undefined
}

/** Counts that someone looked where a parcel is. */
export type CountRead = (request: Headers, looked: Looked) => void

/** Browsers say which pages ask: ours, or those of others, where the widget is. Programs say nothing. */
const wayOf = ({ headers }: Headers): ReadWay => {
  const site = headers['sec-fetch-site']
  if (site === 'same-origin' || site === 'none') return 'page'
  return site !== undefined || headers.origin !== undefined ? 'widget' : 'api'
}

const wishesMax = 500

export const createReadCount = ({ counters }: { counters: Counters }): CountRead => {
  const known = new Map<string, string>()
  const languageOf = (request: Headers, lang: string | undefined): string => {
    const wish = lang ?? request.headers['accept-language']
    if (wish === undefined || wish === '*') return ''
    const found = known.get(wish)
    if (found !== undefined) return found
    if (known.size >= wishesMax) known.clear()
    const language = languageFor(lang === undefined ? request : { headers: {} }, { lang, languages: [...languages] })
    known.set(wish, language)
    return language
  }
  return (request, { way, state, row, shop, lang }) =>
    counters.read({
      organizationId: row?.organizationId ?? null,
      shop: row ? null : (shop ?? null),
      way: way ?? wayOf(request),
      state,
      language: languageOf(request, lang),
    })
}

import { offeredLanguages, trackQuery } from '@jejak/contract'
import { type PageSubject, pickLanguage, renderPage } from '@jejak/tracking-page/page'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Deps } from '../api-deps.ts'
import type { ShownShop } from './shop-faces.ts'
import { findWidgetFile } from './widget-file.ts'

// People get a page whatever stands in the address: what cannot be read is ignored.
const { shop, k } = trackQuery.shape
export const pageQuery = z.object({
  lang: z.string().max(35).optional().catch(undefined),
  shop: shop.catch(undefined),
  k: k.catch(undefined),
})
export type PageQuery = z.infer<typeof pageQuery>

/** `shop` is the one whose face the page carries, `slug` the one that links and widget ask. */
type Shown = { subject: PageSubject; query: PageQuery; shop: ShownShop | null; slug: string | null }
export type Page = { html: string; headers: Record<string, string> }
type Asking = Pick<FastifyRequest, 'headers' | 'url'>
export type PageRenderer = (request: Asking, shown: Shown) => Page

type Wish = { lang?: string | undefined; languages: ReturnType<typeof offeredLanguages> }

export const languageFor = ({ headers }: Pick<Asking, 'headers'>, { lang, languages }: Wish) =>
  pickLanguage([lang, ...(headers['accept-language'] ?? '').slice(0, 200).split(',')], languages)

/** Makes what renders every page: in the language of `?lang=`, else in the first of the browser's wishes that its shop speaks. */
export const createPageRenderer = ({
  config,
  log,
  now,
  settingsOf,
}: Pick<Deps, 'config' | 'log' | 'now' | 'settingsOf'>): PageRenderer => {
  const widget = findWidgetFile()
  if (!widget) log.warn('the widget is not built, so pages are shown without it: pnpm --filter @jejak/widget run build')

  return (request, { subject, query, shop, slug }) => {
    const languages = offeredLanguages(shop?.languages)
    const { html, contentSecurityPolicy } = renderPage(subject, {
      language: languageFor(request, { lang: query.lang, languages }),
      languages,
      now: now(),
      timeZone: settingsOf(shop?.organizationId ?? null).timezone,
      shop: shop?.face ?? null,
      url: `${config.http.publicUrl}${request.url.split('?')[0]}`,
      shopSlug: slug,
      linkKey: query.k ?? null,
      widgetUrl: widget && `/widget.js?v=${widget.version}`,
    })
    return {
      html,
      headers: {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': contentSecurityPolicy,
        'cache-control': query.k ? 'private, no-store' : 'private, no-cache',
        vary: 'accept-language, accept-encoding',
      },
    }
  }
}

import { type LinkView, linkLook, linkUse } from '@jejak/contract'
import { html, type Markup } from '@jejak/tracking-page/html.ts'
import { renderPlainPage } from '@jejak/tracking-page/page'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import type { RouteDeps } from '../deps.ts'
import { toHttpProblem } from '../http/errors.ts'
import { publicRoute } from '../http/routes.ts'
import { createLinkDoor } from './links.ts'

export const linkPagePath = '/account/link'

// The token stands behind the #, which browsers send to no one; from there it goes into a form, and out of the address.
const script = `const t=location.hash.slice(1),f=document.forms[0];if(t&&f){history.replaceState(null,'',location.pathname);f.elements.token.value=t;f.submit()}`

const texts: Record<LinkView['kind'], (link: LinkView) => { title: string; intro: string; button: string }> = {
  setup: () => ({
    title: 'Set up Jejak',
    intro: 'You become the first user: owner of the shop, and operator of this installation.',
    button: 'Create the user',
  }),
  invitation: ({ shop, role }) => ({
    title: `Join ${shop === 'default' ? 'the shop' : shop}`,
    intro: `You are invited as ${role}.`,
    button: 'Join',
  }),
  reset: () => ({
    title: 'Choose a new password',
    intro: 'Afterwards you are signed out everywhere.',
    button: 'Save the password',
  }),
}

/** What was filled in stays there after a refusal, but for passwords and codes. */
type Typed = { email?: string | undefined; name?: string | undefined }

const inputs: Record<LinkView['needs'][number], (typed: Typed) => Markup> = {
  email: ({ email = '' }) =>
    html`<p class="field"><label for="email">E-mail address</label><input id="email" name="email" type="email" autocomplete="username" maxlength="254" required value="${email}"></p>`,
  name: ({ name = '' }) =>
    html`<p class="field"><label for="name">Your name</label><input id="name" name="name" autocomplete="name" maxlength="100" required value="${name}"></p>`,
  newPassword: () => html`<p class="field"><label for="password">New password</label>
    <input id="password" name="password" type="password" autocomplete="new-password" maxlength="200" required aria-describedby="password-hint"></p>
    <p class="hint muted" id="password-hint">At least 10 characters. Several words are easier to remember.</p>`,
  password:
    () => html`<p class="field"><label for="password">Your password at Jejak</label><input id="password" name="password" type="password" autocomplete="current-password" maxlength="200" required></p>
    <p class="field"><label for="code">Code of your authenticator, if you use one</label><input id="code" name="code" autocomplete="one-time-code" maxlength="40"></p>`,
}

const alert = (problem: string | null): Markup | null =>
  problem === null ? null : html`<section class="notice warning" role="alert"><p>${problem}</p></section>`

const form = (
  token: string,
  { link, problem, typed }: { link: LinkView; problem: string | null; typed: Typed },
): Markup => {
  const { intro, button } = texts[link.kind](link)
  const known = link.needs.includes('email') ? null : link.email
  return html`${alert(problem)}<section><p>${intro}</p><form method="post" action="${linkPagePath}">
    <input type="hidden" name="token" value="${token}">
    ${known && html`<p class="field"><label for="known">E-mail address</label><input id="known" type="email" autocomplete="username" readonly value="${known}"></p>`}
    ${link.needs.map((need) => inputs[need](typed))}
    <input type="hidden" name="use" value="1"><p class="actions"><button class="primary">${button}</button></p></form></section>`
}

const paste = (
  problem: string | null,
): Markup => html`${alert(problem)}<section><form method="post" action="${linkPagePath}">
    <label for="token">The part of your link behind the #</label>
    <div class="row"><input id="token" name="token" autocomplete="off" spellcheck="false" maxlength="100" required><button class="primary">Go on</button></div></form></section>`

const done = (email: string): Markup => html`<section><p role="status">Done. You can sign in as ${email}.</p></section>`

// Empty fields of a form are none.
const posted = z
  .record(z.string(), z.string())
  .transform((given) => Object.fromEntries(Object.entries(given).filter(([, text]) => text !== '')))

/** The page that a link leads to: readable without scripts, and without a console. */
export const linkPageRoutes = (app: FastifyInstance, deps: RouteDeps): void => {
  const door = createLinkDoor(deps)
  const send = (
    reply: FastifyReply,
    { status = 200, title, main }: { status?: number; title: string; main: Markup },
  ) => {
    const page = renderPlainPage({ title: `${title} · Jejak`, main, script })
    return reply
      .code(status)
      .headers({
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': page.contentSecurityPolicy,
        'cache-control': 'no-store',
        // Without a referrer browsers name no origin either, and what changes something has to name ours.
        'referrer-policy': 'same-origin',
      })
      .send(page.html)
  }
  const sendPaste = (reply: FastifyReply, problem?: { status: number; message: string }) =>
    send(reply, { status: problem?.status ?? 200, title: 'Open your link', main: paste(problem?.message ?? null) })

  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, parsed) =>
    parsed(null, Object.fromEntries(new URLSearchParams(body.toString()))),
  )

  publicRoute(app, {
    at: `GET ${linkPagePath}`,
    limit: 'visits',
    schema: { hide: true },
    handler: (_request, reply) => sendPaste(reply),
  })

  publicRoute(app, {
    at: `POST ${linkPagePath}`,
    limit: 'visits',
    schema: { hide: true, body: posted },
    handler: async (request, reply) => {
      const { use, token: written = '', ...filled } = request.body
      const looked = linkLook.safeParse({ token: written.split('#').at(-1)?.trim() })
      if (!looked.success) return sendPaste(reply, { status: 400, message: 'This is not the whole link.' })
      const { token } = looked.data
      try {
        const link = await door.look(request, token)
        const { title } = texts[link.kind](link)
        const show = (problem: { status: number; message: string } | null) =>
          send(reply, {
            status: problem?.status ?? 200,
            title,
            main: form(token, { link, problem: problem?.message ?? null, typed: filled }),
          })
        if (!use) return await show(null)
        const asked = linkUse.safeParse({ ...filled, token })
        if (!asked.success) return await show({ status: 400, message: asked.error.issues[0]?.message ?? '' })
        return await door.use(request, asked.data).then(
          (email) => send(reply, { title: 'Done', main: done(email) }),
          (error: unknown) => {
            const problem = toHttpProblem(error)
            // A link that is gone has nothing left to fill in; what is our own fault is logged where all such is.
            if (problem.status === 404 || problem.status >= 500) throw error
            return show(problem)
          },
        )
      } catch (error) {
        const problem = toHttpProblem(error)
        if (problem.status !== 404) throw error
        return sendPaste(reply, problem)
      }
    },
  })
}

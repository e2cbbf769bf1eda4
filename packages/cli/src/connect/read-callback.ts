export type CallbackReading =
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'refused'; readonly reason: string }
  /** Of another login, or no answer to a login at all: not to be trusted. */
  | { readonly kind: 'foreign' }

const shownMax = 200
const codeMax = 4000

const printable = (text: string | null): string =>
  (text ?? '')
    .replace(/[^\x20-\x7e]+/g, ' ')
    .slice(0, shownMax)
    .trim()

/** What the address that EasyParcel sent the browser to says about the login with this `state`. */
export const readCallback = ({ searchParams }: URL, state: string): CallbackReading => {
  const answered = searchParams.get('state')
  const error = printable(searchParams.get('error'))
  // A refusal stores nothing, so one without a state may be believed.
  if (error !== '' && (answered === null || answered === state)) {
    const description = printable(searchParams.get('error_description'))
    return { kind: 'refused', reason: description === '' ? error : `${error}: ${description}` }
  }
  const code = searchParams.get('code') ?? ''
  return answered === state && code !== '' && code.length <= codeMax ? { kind: 'code', code } : { kind: 'foreign' }
}

/**
 * Every way an answer can go wrong, in the order in which they are tried. `kind`: `delay` comes before the answer, `instead` replaces it,
 * `damage` spoils it on its way, `oddity` changes what the answer says within its documented or observed forms, `token` is for /oauth/token.
 * `aimed` replaces the answer too, but `all` leaves it out: it comes only by its own name, or as the poison of certain numbers.
 */
export const faults = {
  slow: { kind: 'delay', does: 'answers after a delay within `slowMs`' },
  '429_json': { kind: 'instead', does: '429 with a JSON body and no Retry-After' },
  '429_retry_after': { kind: 'instead', does: '429 with Retry-After: `retryAfterSeconds`' },
  html_403: { kind: 'instead', does: 'a Cloudflare-like HTML page, 403' },
  html_429: { kind: 'instead', does: 'a Cloudflare-like HTML page, 429' },
  html_502: { kind: 'instead', does: 'a Cloudflare-like HTML page, 502' },
  html_520: { kind: 'instead', does: 'a Cloudflare-like HTML page, 520' },
  body_401: { kind: 'instead', does: 'HTTP 200 whose body says 401' },
  body_404: { kind: 'instead', does: 'HTTP 200 whose body says 404' },
  body_500: { kind: 'instead', does: 'HTTP 200 whose body says 500' },
  not_found_all: { kind: 'instead', does: '404, as in the outage in which every endpoint said so' },
  unauthorised: { kind: 'instead', does: '401 in one of the shapes a, b, c, d' },
  server_500: { kind: 'instead', does: '500 with a JSON body' },
  rejected_400: { kind: 'aimed', does: '400 with a JSON body, as for a request that cannot be read' },
  empty_results: { kind: 'aimed', does: 'a successful answer without results, every number an error' },
  no_answer: { kind: 'aimed', does: 'no answer until the client gives up, at most a minute' },
  reset_mid_body: { kind: 'damage', does: 'the connection is reset after half of the body' },
  truncated_json: { kind: 'damage', does: 'a complete HTTP answer whose JSON stops in the middle' },
  wrong_content_type: { kind: 'damage', does: 'the right JSON labelled text/html' },
  omit_not_found: { kind: 'oddity', does: 'unknown numbers are left out instead of being answered as not_found' },
  shuffled_results: { kind: 'oddity', does: 'results come in another order than asked' },
  no_request_id: { kind: 'oddity', does: 'request_id is missing' },
  message_variant: { kind: 'oddity', does: 'the message is worded another way' },
  mixed_zones: {
    kind: 'oddity',
    does: "dates of one log mix Z, naive UTC+8 and, for EasyParcel's own event, naive UTC",
  },
  unsorted_log: { kind: 'oddity', does: 'status_log is in no order' },
  latest_steps_back: { kind: 'oddity', does: 'latest_* repeat the first event while the log is unchanged' },
  code_type: { kind: 'oddity', does: 'status codes are strings (classic: error_code is a number)' },
  numeric_keys: { kind: 'oddity', does: 'lists are objects with numeric keys' },
  duplicate_events: { kind: 'oddity', does: 'events stand in the log twice' },
  token_500: { kind: 'token', does: 'the token endpoint answers 500' },
  token_wrapped: { kind: 'token', does: 'the token is wrapped in {status_code, message, data}' },
  token_html: { kind: 'token', does: 'the token endpoint answers a Cloudflare-like HTML page, 502' },
} as const satisfies Record<
  string,
  { kind: 'delay' | 'instead' | 'aimed' | 'damage' | 'oddity' | 'token'; does: string }
>

export type FaultName = keyof typeof faults
export type FaultKind = (typeof faults)[FaultName]['kind']
type OfKind<Kind extends FaultKind> = {
  [Name in FaultName]: (typeof faults)[Name]['kind'] extends Kind ? Name : never
}[FaultName]
export type Instead = OfKind<'instead' | 'aimed'>
export type Damage = OfKind<'damage'>
export type Oddity = OfKind<'oddity'>

export const faultNames = Object.keys(faults) as [FaultName, ...FaultName[]]
const namesOf = <Kind extends FaultKind>(...kinds: Kind[]) =>
  faultNames.filter((name) => (kinds as FaultKind[]).includes(faults[name].kind)) as OfKind<Kind>[]

/** What `all` may spoil a call with, and everything that can. */
export const failures = namesOf('instead', 'damage')
export const allFailures = namesOf('instead', 'aimed', 'damage')
export const oddities = namesOf('oddity')

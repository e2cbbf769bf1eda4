import { type TOTP, URI } from 'otpauth'

/** What an authenticator shows that was given this address, at this moment. */
export const codeShown = (uri: string, now: Date): string =>
  (URI.parse(uri) as TOTP).generate({ timestamp: now.getTime() })

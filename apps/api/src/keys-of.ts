import { createTotpSealer, deriveAccessKeys } from '@jejak/core/access'
import { deriveLinkKeys, deriveLookupKey } from '@jejak/core/buyers'
import { createTokenSealer } from '@jejak/core/connections'
import { derivePrivacyKeys } from '@jejak/core/privacy'
import { deriveContactKeys } from '@jejak/core/registering'
import { deriveKeys, type SecretKeys } from '@jejak/core/secrets'

/** All that the API derives from SECRET_KEY, each for one purpose. */
export const keysOf = (secretKeys: SecretKeys) => ({
  /** Keys the hashes of contacts. */
  contactKeys: deriveContactKeys(secretKeys),
  /** Keys what order look-ups leave behind. */
  lookupKey: deriveLookupKey(secretKeys),
  /** Names accounts and addresses in attempts to sign in. */
  accessKeys: deriveAccessKeys(secretKeys),
  /** Seals the secrets of authenticators. */
  totpSealer: createTotpSealer(secretKeys),
  /** Names requests that are answered the same when they are sent again. */
  answerKeys: deriveKeys(secretKeys, 'jejak kept answers 1'),
  /** Seals the tokens of EasyParcel, which the API stores and does not read. */
  tokenSealer: createTokenSealer(secretKeys),
  /** Signs links. */
  linkKeys: deriveLinkKeys(secretKeys),
  /** Finds what is held on a customer. */
  privacyKeys: derivePrivacyKeys(secretKeys),
})

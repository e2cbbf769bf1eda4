export * from './contact.ts'
export { derivePrivacyKeys, type PrivacyKeys } from './keys.ts'
export * from './shop.ts'

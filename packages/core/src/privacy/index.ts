export * from './contact.ts'
export { derivePrivacyKeys } from './keys.ts'
export * from './shop.ts'

export { EmbeddedPostgresError } from './embedded-error.ts'
export { eraseEmbedded } from './erase-embedded.ts'
export { hasEmbedded } from './place.ts'
export { type EmbeddedServer, startEmbedded } from './start-embedded.ts'

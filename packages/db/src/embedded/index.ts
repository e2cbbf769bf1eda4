export { EmbeddedPostgresError } from './embedded-error.ts'
export { eraseEmbedded } from './erase-embedded.ts'
export { type EmbeddedServer, startEmbedded } from './start-embedded.ts'

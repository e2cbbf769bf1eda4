export * from './authenticator.ts'
export * from './check-world.ts'

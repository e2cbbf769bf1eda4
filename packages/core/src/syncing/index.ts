export * from './account-sync.ts'
export * from './sync-deps.ts'

export * from './request-sync.ts'
export * from './sync-view.ts'

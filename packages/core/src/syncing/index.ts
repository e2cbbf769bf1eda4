export * from './account-sync.ts'
export { delayAfterFault } from './delay-after-fault.ts'
export * from './sync-deps.ts'

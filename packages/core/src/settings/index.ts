export * from './change-settings.ts'
export * from './follow-changes.ts'
export { listSettings } from './list-settings.ts'
export * from './settings-in-force.ts'

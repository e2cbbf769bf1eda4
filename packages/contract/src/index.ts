export * from './status.ts'
export * from './tracking-event.ts'

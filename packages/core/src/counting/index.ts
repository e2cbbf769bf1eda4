export * from './counters.ts'
export * from './histogram.ts'
export * from './store-counters.ts'
export * from './system-view.ts'

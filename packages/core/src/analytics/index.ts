export * from './analytics-span.ts'
export * from './count-shops.ts'
export * from './view-reads.ts'
export * from './view-transit.ts'

export * from './keys.ts'
export * from './order-lookup.ts'
export * from './report-parcel.ts'
export * from './signed-link.ts'

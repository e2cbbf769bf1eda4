export * from './keys.ts'
export * from './look-up-order.ts'
export * from './report-parcel.ts'
export * from './track-link.ts'

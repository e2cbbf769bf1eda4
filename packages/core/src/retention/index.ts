export * from './retire-parcels.ts'

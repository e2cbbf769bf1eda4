export * from './change-shop.ts'

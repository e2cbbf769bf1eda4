export * from './narrowing-of.ts'

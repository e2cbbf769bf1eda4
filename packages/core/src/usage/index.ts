export * from './find-usage.ts'

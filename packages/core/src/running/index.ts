export * from './run-process.ts'

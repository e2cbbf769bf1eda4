export * from './listen-problem.ts'
export * from './run-process.ts'

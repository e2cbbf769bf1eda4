export * from './repair.ts'
export * from './verify.ts'

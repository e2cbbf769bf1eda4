export * from './check-world.ts'

export * from '../actor.ts'
export * from './read-changes.ts'
export * from './record-changes.ts'

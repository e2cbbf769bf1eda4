export { type Actor, consoleActor, type Origin, systemActor } from '../actor.ts'
export * from './acts.ts'
export * from './record-act.ts'

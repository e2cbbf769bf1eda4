export type { Actor, Origin } from '../actor.ts'
export * from './acts.ts'
export * from './record-act.ts'

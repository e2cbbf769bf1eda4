export * from './keep-undo.ts'
export { type KeptParcel, keep } from './kinds.ts'
export * from './undo-act.ts'

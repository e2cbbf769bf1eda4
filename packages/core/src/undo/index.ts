export * from './keep-undo.ts'
export { keep } from './kinds.ts'
export * from './undo-act.ts'

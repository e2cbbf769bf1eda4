export { builtInViews } from './built-in-views.ts'
export * from './views.ts'

export { type Language, languages, pickLanguage } from '../words/words.ts'
export * from './render-page.ts'
export * from './widget-file.ts'

export { createSay, offeredLanguages, pickLanguage } from '../words/words.ts'
export * from './render-page.ts'
export * from './widget-file.ts'

export * from './export-texts.ts'
export * from './map-text.ts'
export * from './preview-text.ts'
export * from './refresh-own-texts.ts'

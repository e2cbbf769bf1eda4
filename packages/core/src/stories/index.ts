export * from './tell-story.ts'

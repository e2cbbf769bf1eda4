// What the API tells about checks and may set off. It loads no courier's client and no calendar of holidays: those take as long as all the rest.
export * from './clock-difference.ts'
export * from './connection-view.ts'
export * from './empty-answers.ts'
export * from './local-time.ts'
export * from './manual-wait.ts'
export * from './ticks.ts'
export * from './trouble.ts'

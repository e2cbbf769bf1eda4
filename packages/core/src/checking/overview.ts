// What the API tells about checks and may set off. It loads no courier's client and no calendar of holidays: those take as long as all the rest.
export * from './gate/call-view.ts'
export * from './gate/clock-difference.ts'
export * from './gate/connection-view.ts'
export * from './gate/empty-answers.ts'
export * from './gate/trouble.ts'
export * from './schedule/local-time.ts'
export * from './schedule/manual-wait.ts'
export * from './ticks.ts'

export * from './boss.ts'
export * from './enqueue.ts'
export * from './queues.ts'

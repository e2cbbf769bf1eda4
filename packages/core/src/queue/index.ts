export * from './boss.ts'
export * from './enqueue.ts'
export * from './find-job.ts'
export * from './queues.ts'

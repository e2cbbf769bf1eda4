export type { Given } from '../../src/view/given.ts'

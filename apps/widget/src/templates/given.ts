export type { Given } from '@jejak/tracking-page/view/given.ts'

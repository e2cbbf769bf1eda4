export * from './prepare-installation.ts'

export * from './find-credential.ts'
export * from './prepare-installation.ts'
export * from './rotate-secret.ts'

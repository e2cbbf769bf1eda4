export { connectTest } from './connect-test.ts'
export { createTestDatabase, type TestDatabase } from './create-test-database.ts'
export { type DatabaseLine, openDatabaseLine } from './database-line.ts'
export { type HeldTable, holdTable } from './hold-table.ts'

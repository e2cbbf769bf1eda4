import { PrismaPg } from '@prisma/adapter-pg'
import type pg from 'pg'
import { PrismaClient } from './generated/client.ts'

const connectionsMax = 2

/** The ORM over a small pool of its own. */
export const openPrisma = (config: pg.PoolConfig, onPoolError: (error: Error) => void): PrismaClient =>
  new PrismaClient({
    adapter: new PrismaPg({ ...config, max: Math.min(connectionsMax, config.max ?? connectionsMax) }, { onPoolError }),
  })

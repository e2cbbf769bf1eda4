import { loadConfig } from '@jejak/config'
import type { SettingsOf } from '@jejak/core/settings'
import { connectTest, createTestDatabase } from '@jejak/db/testing'
import { expect, test } from 'vitest'
import { readFigures } from './snapshot.ts'

test('the calls of yesterday are not shown as used today, before the first call of the day or after it', async () => {
  const database = await createTestDatabase()
  const db = connectTest(database.url, { poolMax: 1 })
  try {
    await database.pool.query(`
      with shop as (insert into organizations (slug, name) values ('default', '') returning id)
      insert into connections (organization_id, api, budget_day, calls_used)
      select id, api::easyparcel_api, day::date, used from shop, (values ('open', '2026-11-17', 260), ('classic', '2026-11-18', 3)) as c (api, day, used)`)
    const { tracking } = loadConfig({ SECRET_KEY: 'x'.repeat(32) })
    const figures = (instant: string, settingsOf: SettingsOf = () => tracking) =>
      readFigures(db, { settingsOf, now: new Date(instant) })
    const usedAt = async (instant: string, settingsOf?: SettingsOf) => (await figures(instant, settingsOf)).callsToday
    expect(await usedAt('2026-11-17T15:59:00Z')).toBe(260)
    expect(await usedAt('2026-11-17T16:01:00Z')).toBe(3)
    expect(await usedAt('2026-11-18T16:01:00Z')).toBe(0)
    const inTokyo: SettingsOf = (shop) => (shop ? { ...tracking, timezone: 'Asia/Tokyo', dailyBudget: 70 } : tracking)
    expect(await usedAt('2026-11-17T15:30:00Z', inTokyo)).toBe(3)
    expect((await figures('2026-11-17T15:30:00Z', inTokyo)).callsTodayMax).toBe(140)
  } finally {
    await db.close()
    await database.drop()
  }
})

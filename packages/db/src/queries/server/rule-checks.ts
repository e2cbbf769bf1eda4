import { rows, run, type Sql } from '../../sql.ts'

/** What was found of a rule the last time: how many rows break it, up to 1,000, and up to ten of them. */
export type RuleCheck = {
  rule: string
  checkedAt: Date
  checkedTo: string | null
  failing: number
  failingSince: Date | null
  examples: object[]
}

type Found = { rule: string; failing: number; examples: readonly object[] }

/** Stores what a look at all rules found. One that went on where another was cut off (`isContinued`) adds to what that found. */
export const saveRuleChecks = (
  sql: Sql,
  {
    now,
    checkedTo,
    isContinued,
    found,
  }: { now: Date; checkedTo: number | null; isContinued: boolean; found: readonly Found[] },
) =>
  run(sql, {
    text: `
      with found as (select * from jsonb_to_recordset($4::jsonb) as f (rule text, failing int, examples jsonb)),
      gone as (delete from rule_checks where rule not in (select rule from found))
      insert into rule_checks as r (rule, checked_at, checked_to, failing, failing_since, examples)
      select rule, $1, $2, failing, case when failing > 0 then $1::timestamptz end, examples from found
      on conflict (rule) do update set checked_at = excluded.checked_at, checked_to = excluded.checked_to,
         failing = excluded.failing + case when $3 then r.failing else 0 end,
         examples = case when $3 and r.failing > 0 then r.examples else excluded.examples end,
         failing_since = case when excluded.failing > 0 or ($3 and r.failing > 0) then coalesce(r.failing_since, excluded.checked_at) end`,
    values: [now, checkedTo, isContinued, JSON.stringify(found)],
  })

/** What the last look found, the rules that do not hold first. */
export const listRuleChecks = (sql: Sql) =>
  rows<RuleCheck>(
    sql,
    `select rule, checked_at as "checkedAt", checked_to as "checkedTo", failing, failing_since as "failingSince", examples from rule_checks
      order by failing = 0, rule`,
  )

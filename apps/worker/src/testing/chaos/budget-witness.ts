import type { Db } from '@jejak/db'

export type BudgetDay = { day: string; counted: number; logged: number; everFell: boolean }

/** The connection keeps the counter of one day only; this writes down what it ever said, so that a run over midnight can be judged too. */
export const placeBudgetWitness = ({ sql }: Pick<Db, 'sql'>) =>
  sql.query(`
    create table chaos_budget (day date primary key, counted integer not null, ever_fell boolean not null default false);
    create function chaos_note_budget() returns trigger language plpgsql security definer set search_path = public as $$
    begin
      insert into chaos_budget as known (day, counted) values (new.budget_day, new.calls_used)
      on conflict (day) do update set counted = greatest(known.counted, excluded.counted),
                                      ever_fell = known.ever_fell or excluded.counted < known.counted;
      return null;
    end $$;
    create trigger chaos_budget after update on connections for each row
      when (new.budget_day is not null and (new.budget_day, new.calls_used) is distinct from (old.budget_day, old.calls_used))
      execute function chaos_note_budget()`)

/** Each day's counter beside the calls that were logged on it. */
export const readBudgetDays = async ({ sql }: Pick<Db, 'sql'>): Promise<BudgetDay[]> => {
  const { rows } = await sql.query<BudgetDay>(
    `select day::text, coalesce(b.counted, 0) as counted, coalesce(c.logged, 0) as logged, coalesce(b.ever_fell, false) as "everFell"
       from chaos_budget b full join (select budget_day as day, count(*)::int as logged from api_calls group by budget_day) c using (day)
      order by day`,
  )
  return rows
}

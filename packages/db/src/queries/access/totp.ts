import { row, run, type Sql, type Tx } from '../../sql.ts'

/** `lastStep`: of the last code that was used; of a secret that waits for its first code, the one in which it was made. */
export type TotpRow = { sealedSecret: string; confirmedAt: Date | null; lastStep: number; recoveryLeft: number }

/** How a user signs in beside the password; undefined when by nothing. */
export const findTotp = (sql: Sql, userId: string) =>
  row<TotpRow>(sql, {
    text: `select sealed_secret as "sealedSecret", confirmed_at as "confirmedAt", last_step::int as "lastStep",
                  (select count(*)::int from recovery_codes c where c.user_id = t.user_id and used_at is null) as "recoveryLeft"
             from user_totp t where user_id = $1`,
    values: [userId],
  })

/** Stores a secret that is to be confirmed; false when codes are asked for already. */
export const saveTotp = async (
  tx: Tx,
  { userId, sealedSecret, madeIn }: { userId: string; sealedSecret: string; madeIn: number },
): Promise<boolean> =>
  (await run(tx, {
    text: `insert into user_totp as t (user_id, sealed_secret, last_step) values ($1, $2, $3)
           on conflict (user_id) do update set sealed_secret = excluded.sealed_secret, last_step = $3 where t.confirmed_at is null`,
    values: [userId, sealedSecret, madeIn],
  })) === 1

/** From now on codes are asked for; false when they are already, or the secret is another one. */
export const confirmTotp = async (
  tx: Tx,
  args: { userId: string; sealedSecret: string; step: number; now: Date },
): Promise<boolean> =>
  (await run(tx, {
    text: `update user_totp set confirmed_at = $4, last_step = $3 where user_id = $1 and sealed_secret = $2 and confirmed_at is null`,
    values: [args.userId, args.sealedSecret, args.step, args.now],
  })) === 1

// One far ahead of the step was written by a wrong clock.
const aheadMax = 4

/** Uses up the code of a step, and all before it; false when it has been. */
export const takeStep = async (tx: Tx, { userId, step }: { userId: string; step: number }): Promise<boolean> =>
  (await run(tx, {
    text: `update user_totp set last_step = $2
            where user_id = $1 and (last_step < $2 or last_step > $2::bigint + $3) and confirmed_at is not null`,
    values: [userId, step, aheadMax],
  })) === 1

/** Replaces a user's recovery codes. */
export const saveRecoveryCodes = (tx: Tx, { userId, hashes }: { userId: string; hashes: readonly string[] }) =>
  run(tx, {
    text: `with gone as (delete from recovery_codes where user_id = $1)
           insert into recovery_codes (user_id, code_hash) select $1, unnest($2::text[])`,
    values: [userId, hashes],
  })

/** Uses up a recovery code; false when there is none such, or it has been used. */
export const takeRecoveryCode = async (
  tx: Tx,
  { userId, hash, now }: { userId: string; hash: string; now: Date },
): Promise<boolean> =>
  (await run(tx, {
    text: 'update recovery_codes set used_at = $3 where user_id = $1 and code_hash = $2 and used_at is null',
    values: [userId, hash, now],
  })) === 1

/** Asks a user for no codes any more; false when they were asked for none. */
export const deleteTotp = async (tx: Tx, userId: string): Promise<boolean> =>
  (await run(tx, {
    text: `with codes as (delete from recovery_codes where user_id = $1) delete from user_totp where user_id = $1`,
    values: [userId],
  })) === 1

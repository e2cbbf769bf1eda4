import { row, rows, run, type ShopSql, type Tx } from '../../sql.ts'

/** The roles of the fence that do what requests with an Idempotency-Key ask for. */
export type AnswerKeeper = 'shop' | 'access' | 'worker'

/** For so long the same request with the same key gets the same answer. */
export const keptAnswerMs = 86_400_000

/** What a request was answered, without its secrets. */
export type KeptAnswer = {
  requestHmac: string
  status: number
  location: string | null
  body: string | null
  /** The fields of the body that were secrets. */
  leftOut: string[]
}

/** Takes a key for the rest of the transaction; false while another one has it. */
export const takeAnswerKey = async (tx: Tx, name: string): Promise<boolean> =>
  (await row<{ isFree: boolean }>(tx, {
    text: 'select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as "isFree"',
    values: [name],
  }))!.isFree

/** The answer that is kept under one of these hashes, unless its time is over. Asked after the key was taken: what committed until then is seen. */
export const findKeptAnswer = async (
  tx: Tx,
  { keyHmacs, now }: { keyHmacs: readonly string[]; now: Date },
): Promise<(KeptAnswer & { keyHmac: string }) | undefined> =>
  (
    await rows<KeptAnswer & { keyHmac: string }>(tx, {
      text: `select key_hmac as "keyHmac", request_hmac as "requestHmac", status, location, body, left_out as "leftOut"
               from kept_answers where key_hmac = any ($1) and at > $2 limit 1`,
      values: [keyHmacs, new Date(now.getTime() - keptAnswerMs)],
    })
  )[0]

type Keeping = KeptAnswer & { keyHmac: string; organizationId: string | null; keptBy: AnswerKeeper; at: Date }

/** Keeps an answer, in the place of one whose time is over. */
export const keepAnswer = (tx: Tx, answer: Keeping) =>
  run(tx, {
    text: `insert into kept_answers (key_hmac, organization_id, kept_by, request_hmac, status, location, body, left_out, at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
           on conflict (key_hmac) do update
              set organization_id = excluded.organization_id, kept_by = excluded.kept_by, request_hmac = excluded.request_hmac, status = excluded.status,
                  location = excluded.location, body = excluded.body, left_out = excluded.left_out, at = excluded.at`,
    values: [
      ...[answer.keyHmac, answer.organizationId, answer.keptBy, answer.requestHmac, answer.status],
      ...[answer.location, answer.body, answer.leftOut, answer.at],
    ],
  })

/** Empties the shop's kept answers that tell of these parcels. Their keys stay used. */
export const emptyKeptAnswers = (shop: ShopSql, trackingNumbers: readonly string[]) =>
  run(shop, {
    text: `update kept_answers set body = '{}', left_out = '{body}'
            where organization_id = $1 and exists (select from unnest($2::text[]) as number where position(number in body) > 0)`,
    values: [shop.organizationId, trackingNumbers],
  })

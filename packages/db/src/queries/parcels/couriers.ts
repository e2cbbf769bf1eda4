import { rows, type ShopSql } from '../../sql.ts'

/** The couriers of a shop's parcels, each as it is spelled there: one step of the index for each. */
export const listCouriers = async (shop: ShopSql): Promise<string[]> =>
  (
    await rows<{ courier: string }>(shop, {
      text: `with recursive step as (
               (select courier from tracking_cache where organization_id = $1 and courier is not null order by courier limit 1)
               union all
               select (select t.courier from tracking_cache t where t.organization_id = $1 and t.courier > step.courier order by t.courier limit 1)
                 from step where step.courier is not null)
             select courier from step where courier is not null limit 1000`,
      values: [shop.organizationId],
    })
  ).map(({ courier }) => courier)

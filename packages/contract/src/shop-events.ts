import { z } from 'zod'

/** `GET /v1/admin/events`: the data of an event named `change`. `type` is a kind of the log of changes, `id` the parcel’s. */
export const shopEvent = z.object({ type: z.string(), id: z.string() })
export type ShopEvent = z.infer<typeof shopEvent>

import type { Substatus, TrackingStatus } from '@jejak/contract'

/**
 * What a text means: its status and substatus, the concepts that must be in it (`|` between choices), those that must not, and a text that it reads; for an
 * ending it is a published one.
 */
export type ReadingLine = readonly [
  means: `${TrackingStatus}${'' | ` ${Substatus}`}`,
  when: string,
  unless: string,
  proof: string,
]

/** Tried in this order. An ending also needs that every word of the text is a plain one (text-words.ts). */
export const readingLines: readonly ReadingLine[] = [
  // Ends: only a text of plain words, so that nothing in it can deny them.
  ['returned', 'returned', 'cancelled noReturn', 'Returned To Shipper'],
  ['delivered to_someone_else', 'delivered someone', 'toSender', 'Delivered to neighbors'],
  ['delivered picked_up_by_recipient', 'delivered recipient pickup', 'toSender', 'Delivered, Collected by Customer'],
  ['delivered to_recipient', 'delivered recipient', 'toSender', 'Delivered to Consignee'],
  ['delivered', 'delivered', 'sender', 'Package Delivered'],
  ['cancelled', 'cancelled', 'delivered back', 'Cancelled by Customer'],

  [
    'unknown',
    'noNews',
    'deliver badAddress unreachable gone noMoney counter hub',
    'No tracking information of the shipment, from last 30 days',
  ],
  ['unknown', 'contactUs', 'collectIt deliver', 'Please Contact <PHONE> for futher information'],
  ['exception lost', 'lost', 'refused document', 'Package Confirmed Missing'],
  ['exception', 'destroyed', '', 'Disposed Parcel'],
  ['returning', 'back | toSender', 'orElse noReturn', 'Return Assigned'],

  ['exception unclaimed', 'unclaimed', 'pickupFailed', 'The package is unclaimed'],
  ['pending pickup_failed', 'pickupFailed', 'payment', 'Pickup Fail'],
  ['unknown', 'cancelAsked', 'back recipient', 'Cancellation requested'],

  ['pending booked', 'booked', '', 'Schedule In Arrangement'],
  ['out_for_delivery', 'outAgain', 'cancelled pickup', 'Out for delivery again after failed attempt'],
  ['exception', 'customs refused | refused carrier', '', 'Rejected by customs'],
  ['attempt_failed refused', 'refused', '', 'Rejected'],
  ['exception partly_delivered', 'part', '', 'Partial delivered'],
  ['exception damaged', 'damaged', '', 'Damaged in Transit'],
  ['exception misrouted', 'misrouted', '', 'Mis-sort'],

  ['on_hold customs_hold', 'customs held', 'settled', 'Held for customs inspection'],
  ['on_hold documents_missing', 'document waits', 'settled', 'Certificate Of Origin Required'],
  ['attempt_failed unreachable', 'unreachable', 'sender', 'Phone Call To Receiver No Answer'],
  ['attempt_failed bad_address', 'badAddress', '', 'Bad address'],
  ['attempt_failed recipient_absent', 'gone', 'sender', 'RECIPIENT NO-SHOW'],
  ['out_for_delivery', 'withCourier', 'failed cancelled pickup', 'The package is out for delivery.'],
  ['pending', 'notYetSent', 'collectIt', 'Not yet shipped'],
  ['attempt_failed', 'attempted | noAccess | noMoney', '', 'Delivery was attempted'],

  ['on_hold payment_due', 'payment waits', 'settled', 'Pending Duty Payment'],
  [
    'on_hold customs_hold',
    'customs waits | customs late | customs trouble | customs failed',
    'settled deliver',
    'International Clearance delay',
  ],
  ['on_hold rescheduled', 'askedLater', 'counter collectIt', 'Receiver Requested Later Delivery'],
  ['on_hold intercepted', 'intercepted', '', '单号已拦截'],
  ['ready_for_pickup at_counter', 'atCounter', 'sender notYet', 'Arrived at collection point'],
  ['ready_for_pickup', 'collectIt', 'sender', 'The package is ready for collection.'],
  ['on_hold', 'held | notWorking | asksSender', 'settled', 'Delivery on hold'],
  ['exception delayed', 'delayed', '', 'Package delayed'],
  ['exception', 'trouble | destroyed', 'settled', 'Problematic Parcel'],

  ['collected', 'fromSender', 'dataOnly', 'Received from Customer'],
  ['collected', 'acceptedIt', 'hub dataOnly', 'Item accepted'],
  ['in_transit handed_over', 'toCarrier', 'recipient someone', 'Delivered to Destination Airport'],
  ['in_transit arrived', 'reachedHub', 'recipient someone', 'Diterima oleh J&T Hub'],
  ['info_received', 'orderTaken', '', 'Tempahan anda telah diterima.'],
  ['unknown', 'perhapsDelivered | cancelled | cancelAsked', '', 'Sudah sampai'],
  ['in_transit handed_over', 'handsOn', '', '运输商转由子公司配送中'],

  ['pending awaiting_drop_off', 'dropOff waits', '', 'Pending for Drop Off'],
  ['pending awaiting_pickup', 'pickup waits | assigned courier | toFetch', 'placed', 'To Be Collected'],
  ['pending', 'toSend', 'placed', 'Preparing to ship'],
  ['info_received', 'dataOnly', 'hub', 'Electronic Notification Received'],
  ['out_for_delivery', 'outForDelivery', 'hub', 'On the way for delivery'],
  ['collected dropped_off', 'dropOff', 'departed arrived moving', 'Parcel Drop Off at Point'],
  ['collected picked_up', 'tookIt pickedUp', '', 'Shipment picked up'],
  ['collected', 'tookIt', '', 'Parcel Collected'],
  ['in_transit handed_over', 'handedOver', '', 'Transferred to Local Post Office for Delivery'],
  ['in_transit customs', 'customs', '', 'Clearance in Progress'],
  ['in_transit departed', 'departed', '', 'Departed from Facility'],
  ['in_transit arrived', 'arrived', '', 'Item arrived at transit hub'],
  ['in_transit sorting', 'sorting', '', 'Processing at Facility'],
  ['in_transit', 'moving | hub', '', 'On the way'],
  ['unknown', 'edited | noReturn | denied | senderHas', '', 'Parcel Measurements Update'],
]

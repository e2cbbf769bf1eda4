import type { Parcel } from './seed-parcel.ts'

export const onItsWay: Parcel = {
  trackingNumber: '632143239945',
  courier: 'J&T Express',
  status: 'in_transit',
  substatus: 'departed',
  estimatedDelivery: '2026-03-04',
  scans: [
    [2, 'in_transit', 'departed', 'Shah Alam'],
    [7, 'in_transit', 'arrived', 'Shah Alam'],
    [19, 'in_transit', 'departed', 'Johor Bahru'],
    [25, 'collected', 'picked_up', 'Johor Bahru'],
    [30, 'info_received', null, null],
  ],
}

export const delivered: Parcel = {
  trackingNumber: 'ER665997516MY',
  courier: 'Pos Laju',
  status: 'delivered',
  substatus: 'to_recipient',
  scans: [
    [3, 'delivered', 'to_recipient', 'Petaling Jaya'],
    [6, 'out_for_delivery', null, 'Petaling Jaya'],
    [20, 'in_transit', 'arrived', 'Petaling Jaya'],
    [40, 'collected', 'dropped_off', 'Ipoh'],
  ],
}

export const attemptFailed: Parcel = {
  trackingNumber: '7028021894371796',
  courier: 'DHLeC',
  status: 'attempt_failed',
  substatus: 'recipient_absent',
  checkedMinutesAgo: 8,
  nextInMinutes: 52,
  scans: [
    [1, 'attempt_failed', 'recipient_absent', 'Kuching'],
    [4, 'out_for_delivery', null, 'Kuching'],
    [22, 'in_transit', 'arrived', 'Kuching'],
    [50, 'collected', 'picked_up', 'Klang'],
  ],
}

export const waiting = (trackingNumber: string, more: Partial<Parcel> = {}): Parcel => ({
  trackingNumber,
  status: 'pending',
  isConfirmed: false,
  registeredHoursAgo: 5,
  ...more,
})

/** As many scans as a document can hold. */
export const longHistory: Parcel = {
  trackingNumber: '960301021838937',
  courier: 'City-Link Express',
  status: 'in_transit',
  substatus: 'arrived',
  scans: Array.from({ length: 50 }, (_, index) => [
    2 + index * 3,
    'in_transit',
    index % 2 === 0 ? 'arrived' : 'departed',
    ['Kuala Lumpur', 'Ipoh', 'Kuantan', 'Seremban'][index % 4]!,
  ]),
}

/**
 * Scan texts as couriers publish them, copied from public material (in English, Malay and Chinese), by what they say.
 * `<NAME>` is filled in with a person's name, as couriers do. A courier without a phrase of its own uses the general one.
 */
export type PhraseKey =
  | 'info'
  | 'to_be_collected'
  | 'dropped_off'
  | 'collected'
  | 'moving'
  | 'out'
  | 'attempt'
  | 'refused'
  | 'hold'
  | 'customs'
  | 'ready'
  | 'lost'
  | 'damaged'
  | 'unclaimed'
  | 'returning'
  | 'returned'
  | 'delivered'
  | 'handed_over'

type PhraseBook = Partial<Record<PhraseKey, readonly string[]>>

export const english: Required<PhraseBook> = {
  info: ['Order created'],
  to_be_collected: ['To Be Collected', 'Pending For Collection'],
  dropped_off: ['Parcel Drop Off at Point'],
  collected: ['Parcel has been collected', 'Parcel Collected', 'Parcel has been collected at Penang'],
  moving: [
    'Delivery In Transit',
    'Arrived at sorting facility',
    'Parcel has departed from the sorting facility',
    "Parcel is on it's way.",
  ],
  out: ['The package is out for delivery.', 'Item out for delivery'],
  attempt: ['Receiver not home', 'Delivery failed due to the recipient was not at home.', 'Delivery attempted.'],
  refused: ['CUSTOMER REJECTED THE SHIPMENT'],
  hold: ['On Hold'],
  customs: ['Held for customs inspection'],
  ready: [
    'The package is ready for collection.',
    'The parcel has arrived at the collection point for receipts to pick up.',
  ],
  lost: ['Package was lost or damaged during delivery', 'The package is damaged, lost, or discarded.'],
  damaged: ['SHIPMENT IS DAMAGED', 'ITEM DAMAGED'],
  unclaimed: ['Parcel unclaimed.', 'The package is unclaimed'],
  returning: ['Package is being returning to sender'],
  returned: ['Package has been returned to sender', 'Returned To Shipper'],
  delivered: ['Parcel delivered and signed by the customer.', 'Package Delivered'],
  handed_over: ['User signed at pickup point', 'Delivered, Collected by Customer'],
}

export const malay: PhraseBook = {
  info: ['Pesanan anda telah dibuat'],
  collected: ['Telah Dikutip', 'Pesanan anda telah dipickup oleh kurier!'],
  moving: ['Tiba di hab penyusunan', 'Dalam Transit', 'Bungkusan sedang dihantar ke hab pengedaran Selangor'],
  out: ['Pesanan anda sedang dalam penghantaran hari ini!', 'Parcel bersama rider'],
  attempt: ['Cubaan penghantaran gagal — penerima tiada', 'Penghantaran Gagal , Penerima Tiada Di Lokasi.'],
  ready: ['Sedia Untuk Pengambilan'],
  returned: ['Dipulangkan'],
  delivered: [
    'Berjaya dihantar — diterima oleh penerima',
    'Pesanan anda telah berjaya dihantar!',
    'Bungkusan telah selamat diterima',
  ],
}

export const chinese: PhraseBook = {
  to_be_collected: ['待揽收'],
  collected: ['包裹已揽收', '揽件'],
  moving: ['到达转运中心', '货物在途中运输', '快件已到达【深圳转运中心】'],
  out: ['正在派件', '包裹正在派送途中'],
  attempt: ['派送失败', '客户不在'],
  refused: ['收件人拒收'],
  hold: ['货件留仓'],
  customs: ['海关扣件'],
  ready: ['等待自提', '快件到达驿站'],
  lost: ['遗失'],
  damaged: ['货物破损'],
  returning: ['待退件'],
  returned: ['退件签收', '退件妥投'],
  delivered: ['快件已签收', '正常签收', '快件已签收，签收人：<NAME>'],
}

/** English phrases that belong to one courier, by its short name. */
export const byCourier: Record<string, PhraseBook> = {
  DHLeC: {
    info: [
      'Shipment data received - Awaiting Parcel Handover to DHL',
      'Data Submitted - Awaiting Parcel Handover to DHL',
    ],
    collected: ['Shipment picked up', 'PICKEDUP'],
    moving: [
      'Processing at Facility',
      'Departed from Facility',
      'Enroute to facility',
      'Arrival a destination facility',
    ],
    attempt: ['Attempted Delivery: No One at Home', 'Attempted Delivery: Insufficient Address'],
    hold: ['CUSTOMER HAS RESCHEDULED DUE TO NOT READY'],
    lost: ['Item reported missing'],
    returning: ['Return shipment has departed facility'],
  },
  'City-Link Express': {
    info: ['Shipment information sent to City-Link'],
    collected: ['Shipment Collected'],
    moving: ['At City-Link Local Facility', 'Depart to Destination', 'Shipment Bound for Destination'],
    out: ['With City-Link Delivery Courier: <NAME>'],
    attempt: ['Receiver Not In', 'Phone Call To Receiver No Answer'],
    refused: ['Receiver Refuse To Accept - Not Requested'],
    lost: ['Package Confirmed Missing'],
    returned: ['Returned To Shipper'],
    delivered: ['Package Delivered - Signed for by:<NAME>', 'Package Delivered'],
  },
  'J&T Express': {
    collected: ['Picked Up', 'Pick Up'],
    moving: ['Departure', 'Arrival', 'Arrived'],
    returning: ['Return'],
    delivered: ['Delivery Signature'],
  },
  Skynet: { collected: ['Parcel has been collected at Penang'], moving: ['Arrived at sorting facility'] },
  'Pos Laju': {
    dropped_off: ['Item posted at agent counter', 'Item posted over the counter'],
    collected: ['Item has been collected by Pos Laju', 'Item picked up'],
    moving: [
      'Item arrived at sorting centre',
      'Consignment dispatch out from Transit Office PPL KUALA LUMPUR',
      'Consignment dispatch out from Transit Office',
      'Item processed.',
    ],
    out: ['Item out for delivery'],
    attempt: ['Delivery attempted.', 'Delivery attempted. We found premises closed and l..'],
    ready: ['Item can be collected at'],
    delivered: ['Consignment successfully delivered', 'Consignment successfully delivered  <NAME>'],
  },
  'SPX Xpress': {
    info: ['Order has been created'],
    to_be_collected: ['Courier assigned for your order, kindly wait for pick up.'],
    dropped_off: ['Parcel has been received at dropoff point'],
    moving: [
      'Parcel has arrived at sorting facility : SOC 6',
      'Parcel has departed from sorting facility',
      'Parcel has arrived at sorting facility: J&T SHAHALAM GATEWAY',
      'Parcel has arrived and to be received by the delivery hub',
    ],
    attempt: ['Delivery attempt was unsuccessful', 'Address does not match'],
    lost: ['Untraceable Parcel'],
    damaged: ['Damaged in Transit'],
    delivered: ['Parcel has been delivered to buyer'],
  },
  'Ninjavan MY': {
    to_be_collected: ['Driver en-route to pick up', 'Van En-route to Pickup'],
    collected: ['Successfully picked up from sender', 'Picked Up, In Transit to Origin Hub'],
    moving: [
      'Arrived at Sorting Hub',
      'In Transit to Next Sorting Hub',
      'Arrived at Transit Hub',
      'Arrived at Origin Hub',
    ],
    attempt: ['Delivery Exception, Reattempt Scheduled', 'Attempt Delivery Fail'],
    hold: ['Delivery on hold'],
    customs: ['International Transit, Customs Held'],
    ready: ['Arrived at collection point', 'Parcel delivered to Parcel Collection Counter / Box'],
    lost: ['Delivery Exception, Parcel Lost'],
    returning: ['Return to Sender: Nobody at address', 'Delivery Exception, Return to Sender Initiated'],
    delivered: ['Successful Delivery', 'Delivered, Left at Doorstep', 'Completed'],
    handed_over: ['Delivered, Collected by Customer'],
  },
}

export const places = [
  'Shah Alam',
  'Kuala Lumpur Hub, Kuala Lumpur, MY',
  'Petaling Jaya',
  'Johor Bahru',
  'Ipoh',
  'Bayan Lepas',
  'Seremban',
  'Kuantan',
  'Kota Kinabalu',
  'Kuching',
] as const

export const people = ['SITI', 'AHMAD', 'MEI LING', 'KUMAR', 'FARAH'] as const

/**
 * What couriers say in many ways, and the one word for it that the rules of status-texts.*.ts use. Applied in this order to folded text
 * (lower case, no punctuation): "Consignment delivrd to Buyer" reaches the rules as "parcel delivered to recipient".
 */
export const synonyms: readonly (readonly [RegExp, string])[] = [
  [/\bd[ei]l[ie]{1,2}v[er]{1,4}d\b/g, 'delivered'],
  [/\bd[ei]l[ie]{1,2}ver?y\b/g, 'delivery'],
  [/\bcanc?el(?:l?e?d|l?ation)\b/g, 'cancelled'],
  [/\b(?:customers?|clients?) service\b/g, 'staff'],
  [
    /\b(?:reci?e?p[ie]+nts?|rece?i?e?vers?|consignees?|cnee|addressees?|buyers?|customers?|clients?|users?)\b/g,
    'recipient',
  ],
  [/\b(?:(?:shipment )?originators?|senders?|shippers?|sellers?|merchants?|consignors?)\b/g, 'sender'],
  [
    /\b(?:packages?|parcels?|shipments?|shpt|items?|consignments?|cargos?|goods|packets?|pieces?|bungkusan|barang|kiriman|paket)\b/g,
    'parcel',
  ],
  [/\bpick up\b/g, 'pickup'],
  [/\bpicked ?up\b/g, 'picked up'],
  [/\bdrop(?:ped)? off (point|counter|box|location)\b/g, 'dropoff $1'],
  [/\bdrop off\b/g, 'dropoff'],
  [
    /\b(?:self )?(?:collection|pickup|access|service|distribution) (?:points?|counters?|lockers?|box|shops?|locations?)\b|\b(?:e )?(?:parcel )?lockers?\b|\bezibox\b|\bparcel ?shops?\b|\bpudo\b|\b(?:convenience|parcel) stores?\b|\b7 ?eleven\b/g,
    'counter',
  ],
  [
    /\b(?:(?:sort(?:ing|ation)?|transit|delivery|distribution|processing|mail|local|destination|origin|final|last|inward|outward) )*(?:hubs?|facility|facilities|stations?|depots?|warehouses?|gateways?|airports?|post offices?|offices? of exchange)\b/g,
    'hub',
  ],
  [
    /\b(?:sort(?:ing|ation)?|transit|delivery|distribution|processing|mail|local|destination|import|export|fulfil\w*|consolidation|logistics) (?:cent(?:er|re)s?|offices?|branch(?:es)?|terminals?)\b/g,
    'hub',
  ],
  [
    /\b(?:hab|gudang|depoh|lapangan terbang|pusat (?:pemprosesan|isihan|penyusunan|pengedaran|penghantaran|mel|transit|serahan))\b/g,
    'hub',
  ],
  [
    /\b(?:couriers?|riders?|drivers?|delivery ?m[ae]n|postm[ae]n|delivery (?:agents?|personnel|staff|associates?|couriers?)|kurier|posmen|pemandu)\b/g,
    'courier',
  ],
  [/\b(?:fail(?:ed|ure|s)?|unsuccess(?:ful|fully)?|not (?:been )?success(?:ful|fully)?|wasnt success\w*)\b/g, 'failed'],
  [
    /\b(?:undelivered|undeliverable|non deliver(?:y|ed)|(?:unable|failed) to (?:be )?deliver(?:ed)?|(?:not|cannot|couldnt|cant|wasnt|never) (?:be |been )*deliver(?:ed)?|no delivery(?! (?:detail|info|update)))\b/g,
    'undelivered',
  ],
  [
    /\b(?:not (?:at )?home|not (?:available|present|around)|un(?:available|attended)|absent|no ?show|nobody|no ?one|not in$|recipient not in(?! transit))\b/g,
    'absent',
  ],
  [/\bcustoms?\b/g, 'customs'],
  [/\b(?:documents?|documentation|paperwork|invoices?|licen[cs]es?|certificates?|permits?)\b/g, 'document'],
  [/\b(?:pelanggan|pembeli)\b/g, 'penerima'],
]

const traditional =
  '簽签遞递攬揽轉转運运達达離离發发裝装車车關关貨货遺遗損损壞坏誤误錯错遲迟異异聯联繫系絡络電电話话無无絕绝約约節节滯滞攔拦檢检驗验稅税資资補补櫃柜門门點点驛驿領领豐丰倉仓員员單单訂订預预報报辦办備备揀拣時时過过間间標标處处應应納纳繳缴費费後后從从給给還还變变動动暫暂記记錄录軌轨跡迹狀状態态進进際际陸陆飛飞機机場场線线幹干網网區区請请與与這这們们會会來来對对開开實实現现個个國国內内號号碼码顧顾買买賣卖戶户毀毁棄弃氣气風风災灾隊队護护遠远適适當当設设級级續续'

/** Traditional → simplified, for the characters that the rules of status-texts.zh.ts use. */
export const simplified: ReadonlyMap<string, string> = new Map(
  (traditional.match(/../gu) ?? []).map((pair) => [pair[0] as string, pair[1] as string]),
)

import type { TextRule } from './text-rule.ts'

// How to add a rule: see the top of status-texts.ts.

export const malayRules: readonly TextRule[] = [
  // Says nothing, going back, called off.
  {
    id: 'ms-no-information',
    says: [/\btiada (?:rekod|maklumat|kemas ?kini)\b/],
    status: 'unknown',
    proof: 'Tiada rekod penjejakan lagi. Sila semak semula sebentar lagi.',
  },
  {
    id: 'ms-returning',
    says: [
      /\b(?:sedang|akan|perlu|proses|dalam|menunggu|permintaan|sebelum)\b.*\b(?:dipulangkan|dikembalikan|pemulangan|pulang)\b/,
      /\bpemulangan\b/,
    ],
    unless: [/\bselesai\b/],
    status: 'returning',
    proof: 'Parcel sedang atau telah dipulangkan kepada pengirim. Hubungi kami untuk susunan penghantaran semula.',
  },
  {
    id: 'ms-returned',
    says: [/\b(?:dipulangkan|dikembalikan)\b/],
    unless: [/\b(?:gagal|tidak|belum|boleh|hub|wang|bayaran|jika)\b/],
    status: 'returned',
    proof: 'Dipulangkan',
  },
  {
    id: 'ms-cancelled',
    says: [/\bdibatalkan\b/, /^batal$/],
    unless: [/\b(?:tidak|belum|boleh|akan|gagal|jika|permintaan|penghantaran dibatalkan)\b/],
    status: 'cancelled',
    proof: 'Dibatalkan',
  },
  {
    id: 'ms-pickup-failed',
    says: [
      /\b(?:kutipan|pengambilan|pungutan|dikutip|diambil|dipungut|pickup)\b.*\b(?:gagal|tidak berjaya)\b/,
      /\b(?:gagal|tidak (?:dapat|berjaya)) (?:kutipan|dikutip|diambil|dipungut|mengutip|mengambil|pickup)\b/,
    ],
    unless: [/\bpenerima\b/],
    status: 'pending',
    substatus: 'pickup_failed',
    example: 'Kutipan gagal',
  },

  // Tried and not handed over, with the reason.
  {
    id: 'ms-refused',
    says: [/\b(?:enggan|menolak|ditolak)\b/],
    status: 'attempt_failed',
    substatus: 'refused',
    example: 'Penerima enggan menerima bungkusan',
  },
  {
    id: 'ms-bad-address',
    says: [/\balamat\b.*\b(?:salah|tidak|tak|silap|kurang)\b/, /\b(?:salah|silap) alamat\b/],
    status: 'attempt_failed',
    substatus: 'bad_address',
    example: 'Alamat tidak lengkap',
  },
  {
    id: 'ms-unreachable',
    says: [/\b(?:tidak|tak|gagal) (?:dapat |boleh )?(?:dihubungi|menghubungi|jawab|menjawab)\b/],
    status: 'attempt_failed',
    substatus: 'unreachable',
    example: 'Penerima tidak dapat dihubungi',
  },
  {
    id: 'ms-absent',
    says: [
      /\bpenerima\b.*\b(?:tiada|tidak ada|tidak berada)\b/,
      /\btiada (?:orang|penerima|sesiapa)\b/,
      /\b(?:premis|pejabat|kedai|rumah)\b.*\b(?:tutup|ditutup|kosong|berkunci)\b/,
    ],
    status: 'attempt_failed',
    substatus: 'recipient_absent',
    proof: 'Cubaan penghantaran gagal — penerima tiada',
  },
  {
    id: 'ms-attempted',
    says: [
      /\b(?:gagal|tidak berjaya|tidak dapat)\b.*\b(?:hantar|dihantar|menghantar|penghantaran|diserahkan|serahan)\b/,
      /\b(?:penghantaran|percubaan|cubaan|dihantar|serahan)\b.*\b(?:gagal|tidak berjaya|tidak dapat)\b/,
      /\b(?:hantar|dihantar|penghantaran) semula\b/,
      /^(?:gagal|tidak berjaya)$/,
    ],
    status: 'attempt_failed',
    proof: 'Penghantaran Gagal',
  },

  // Trouble, kept back, waiting.
  {
    id: 'ms-lost',
    says: [/\b(?:hilang|tidak dijumpai)\b/],
    status: 'exception',
    substatus: 'lost',
    example: 'Bungkusan hilang',
  },
  {
    id: 'ms-damaged',
    says: [/\b(?:rosak|pecah|kerosakan)\b/],
    status: 'exception',
    substatus: 'damaged',
    example: 'Bungkusan rosak',
  },
  {
    id: 'ms-unclaimed',
    says: [/\b(?:tidak|belum) dituntut\b/],
    status: 'exception',
    substatus: 'unclaimed',
    example: 'Bungkusan tidak dituntut',
  },
  {
    id: 'ms-delayed',
    says: [/\b(?:lewat|kelewatan|tergendala|tertunda|banjir|cuaca)\b/],
    status: 'exception',
    substatus: 'delayed',
    example: 'Kelewatan penghantaran',
  },
  {
    id: 'ms-on-hold',
    says: [/\b(?:ditahan|tertahan|ditangguh\w*|tertangguh|dijadual(?:kan)? semula)\b/],
    status: 'on_hold',
    example: 'Bungkusan ditahan kastam',
  },
  {
    id: 'ms-ready',
    says: [
      /\b(?:sedia|boleh|sila|menunggu)\b.*\b(?:pengambilan|diambil|ambil|dikutip|kutip|dituntut|tuntutan|tuntut)\b/,
      /^parcel (?:anda )?telah sampai$/,
    ],
    unless: [/\bcourier\b/],
    status: 'ready_for_pickup',
    proof: 'Sedia Untuk Pengambilan',
  },

  // Moving, then delivered.
  {
    id: 'ms-to-hub',
    says: [/\b(?:dihantar|perjalanan|bergerak|diserahkan) (?:ke|kepada|di) (?:\w+ ){0,2}hub\b/],
    status: 'in_transit',
    proof: 'Bungkusan sedang dihantar ke hab pengedaran Selangor',
  },
  {
    id: 'ms-out-for-delivery',
    says: [
      /\b(?:sedang|kini) dihantar\b/,
      /\bbersama (?:courier|penghantar)\b/,
      /\b(?:proses|keluar untuk|untuk|dalam) penghantaran\b/,
      /\bperjalanan ke (?:alamat|lokasi|rumah|tempat)?\s?(?:anda|penerima)\b/,
      /\bberhampiran lokasi\b/,
      /\bcourier\b.*\b(?:menghantar|ke lokasi anda|hampir tiba)\b/,
    ],
    unless: [/\b(?:sedia|bersedia|menunggu|belum)\b/],
    status: 'out_for_delivery',
    proof: 'Pesanan sedang dihantar',
  },
  {
    id: 'ms-collected',
    says: [
      /\b(?:telah|sudah|berjaya) (?:dikutip|diambil|dipungut|di ?pickup)\b/,
      /^(?:dikutip|diambil)$/,
      /\bdiserahkan kepada (?:courier|pos|syarikat|rakan|penghantar)\b/,
      /\bditerima (?:oleh|daripada|di) (?:courier|penghantar|pengirim|kaunter|syarikat|pos|penjual)\b/,
    ],
    unless: [/\b(?:oleh|kepada) (?:penerima|anda)\b/, /\bhub\b/],
    status: 'collected',
    proof: 'Telah Dikutip',
  },
  {
    id: 'ms-delivered',
    says: [
      /\b(?:telah|sudah|berjaya) (?:berjaya )?(?:dihantar|diserahkan kepada penerima|disampaikan)\b/,
      /^dihantar(?: selesai)?$/,
      /\bpenghantaran (?:telah )?(?:selesai|berjaya|lengkap)\b/,
      /^(?:telah )?(?:selesai|diterima)$/,
      /\b(?:diterima|diambil) oleh penerima\b/,
      /\bselamat (?:diterima|sampai)\b/,
      /^(?:telah|sudah) sampai$/,
    ],
    unless: [
      /\b(?:tidak|belum|gagal|akan|sedang|courier|penjual|hub|ke|rakan|jika|apabila|semula|cawangan|menunggu)\b/,
    ],
    status: 'delivered',
    proof: 'Berjaya dihantar — diterima oleh penerima',
  },

  // Before and between.
  {
    id: 'ms-info-received',
    says: [
      /\b(?:pesanan|tempahan|label|pendaftaran)\b.*\b(?:dibuat|dicipta|diterima|disahkan|didaftarkan|direkodkan)\b/,
      /\bmaklumat\b.*\bditerima\b/,
    ],
    status: 'info_received',
    proof: 'Pesanan anda telah dibuat',
  },
  {
    id: 'ms-pending',
    says: [
      /^menunggu\b/,
      /\b(?:sedia|bersedia|belum|menunggu) (?:untuk )?dihantar\b/,
      /\bcourier (?:telah )?ditugaskan\b/,
      /\b(?:akan|belum) (?:dikutip|diambil|dipungut)\b/,
      /\bsedang disediakan\b/,
      /\bpesanan (?:anda )?(?:sedang )?(?:diproses|disediakan|dibungkus)\b/,
      /\bdibungkus\b/,
      /\bmenunggu (?:kutipan|courier|pungutan|bayaran|pembayaran)\b/,
    ],
    status: 'pending',
    proof: 'Pemandu Ditugaskan',
  },
  {
    id: 'ms-arrived',
    says: [/\b(?:tiba|sampai) (?:di|ke)\b/, /\bditerima (?:di|oleh) (?:\w+ ){0,3}hub\b/],
    status: 'in_transit',
    substatus: 'arrived',
    proof: 'Tiba di hab penyusunan',
  },
  {
    id: 'ms-departed',
    says: [/\b(?:bertolak|berlepas|meninggalkan|keluar dari|dihantar keluar)\b/],
    status: 'in_transit',
    substatus: 'departed',
    proof: 'Bertolak ke Malaysia',
  },
  {
    id: 'ms-moving',
    says: [
      /\bdalam (?:transit|perjalanan)\b/,
      /\b(?:telah|sudah) (?:dikirim|dihantar oleh penjual|dipos\w*)\b/,
      /\b(?:diproses|diisih|penyusunan|isihan)\b/,
    ],
    status: 'in_transit',
    proof: 'Dalam Transit',
  },
]

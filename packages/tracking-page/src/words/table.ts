/**
 * Every word a customer reads, in every language, for a translator to edit. `{name}` is filled in and must stay in each language.
 * Keys that start with `page_` or `calendar_` are not shipped with the widget: the page's around it, and what calendar programs show.
 */
export const table = {
  // Where the parcel is
  status_pending: { en: 'Waiting for the courier', ms: 'Menunggu kurier', zh: '等待快递公司' },
  status_info_received: {
    en: 'The courier has the details',
    ms: 'Kurier telah menerima maklumat',
    zh: '快递公司已收到寄件信息',
  },
  status_collected: { en: 'Collected by the courier', ms: 'Telah diambil oleh kurier', zh: '快递公司已揽收' },
  status_in_transit: { en: 'On the way', ms: 'Dalam perjalanan', zh: '运输途中' },
  status_out_for_delivery: { en: 'Out for delivery', ms: 'Sedang dihantar kepada anda', zh: '正在派送' },
  status_ready_for_pickup: { en: 'Ready for you to collect', ms: 'Sedia untuk anda ambil', zh: '可以取件了' },
  status_attempt_failed: {
    en: 'The courier could not deliver',
    ms: 'Kurier tidak dapat menghantar',
    zh: '这次派送没有成功',
  },
  status_on_hold: { en: 'On hold', ms: 'Ditahan buat sementara', zh: '包裹暂时滞留' },
  status_exception: { en: 'There is a problem', ms: 'Ada masalah', zh: '包裹出现异常' },
  status_delivered: { en: 'Delivered', ms: 'Telah dihantar', zh: '已送达' },
  status_returning: { en: 'Going back to the shop', ms: 'Dihantar balik ke kedai', zh: '正在退回商家' },
  status_returned: { en: 'Returned to the shop', ms: 'Telah dipulangkan ke kedai', zh: '已退回商家' },
  status_cancelled: { en: 'Shipment cancelled', ms: 'Penghantaran dibatalkan', zh: '运单已取消' },
  status_lapsed: { en: 'No news for a long time', ms: 'Lama tiada berita', zh: '很久没有新消息' },
  status_unknown: { en: 'An update we cannot read', ms: 'Kemas kini yang tidak dapat dibaca', zh: '无法识别的更新' },

  // The same, more precisely
  substatus_booked: { en: 'Pickup booked', ms: 'Kutipan telah ditempah', zh: '已预约揽收' },
  substatus_awaiting_pickup: { en: 'Waiting to be collected', ms: 'Menunggu untuk dikutip', zh: '等待快递员揽收' },
  substatus_awaiting_drop_off: {
    en: 'Waiting for the shop to drop it off',
    ms: 'Menunggu kedai menyerahkan bungkusan',
    zh: '等待商家交寄',
  },
  substatus_pickup_failed: { en: 'The courier could not collect it', ms: 'Kurier gagal mengutip', zh: '揽收未成功' },
  substatus_picked_up: { en: 'Collected by the courier', ms: 'Telah diambil oleh kurier', zh: '快递员已揽收' },
  substatus_dropped_off: { en: 'Handed to the courier', ms: 'Telah diserahkan kepada kurier', zh: '已交给快递公司' },
  substatus_departed: { en: 'Left a sorting centre', ms: 'Meninggalkan pusat isihan', zh: '已离开转运中心' },
  substatus_arrived: { en: 'Arrived at a sorting centre', ms: 'Tiba di pusat isihan', zh: '已到达转运中心' },
  substatus_sorting: { en: 'Being sorted', ms: 'Sedang diisih', zh: '正在分拣' },
  substatus_customs: { en: 'Going through customs', ms: 'Dalam proses kastam', zh: '正在清关' },
  substatus_handed_over: {
    en: 'Handed over to another courier',
    ms: 'Diserahkan kepada kurier lain',
    zh: '已转交其他快递公司',
  },
  substatus_at_counter: {
    en: 'Ready to collect at the counter',
    ms: 'Sedia diambil di kaunter',
    zh: '可到柜台取件',
  },
  substatus_in_locker: { en: 'Ready in a parcel locker', ms: 'Sedia di loker bungkusan', zh: '已放入快递柜' },
  substatus_recipient_absent: { en: 'Nobody was there', ms: 'Tiada orang di alamat', zh: '派送时无人在场' },
  substatus_refused: { en: 'The parcel was refused', ms: 'Bungkusan ditolak', zh: '包裹被拒收' },
  substatus_bad_address: {
    en: 'The address is wrong or incomplete',
    ms: 'Alamat salah atau tidak lengkap',
    zh: '地址有误或不完整',
  },
  substatus_unreachable: {
    en: 'Nobody could be reached',
    ms: 'Penerima tidak dapat dihubungi',
    zh: '无法联系到收件人',
  },
  substatus_customs_hold: { en: 'Held by customs', ms: 'Ditahan oleh kastam', zh: '被海关扣留' },
  substatus_payment_due: { en: 'A payment is due', ms: 'Ada bayaran perlu dijelaskan', zh: '有费用待支付' },
  substatus_documents_missing: { en: 'Documents are missing', ms: 'Dokumen tidak lengkap', zh: '缺少文件' },
  substatus_rescheduled: { en: 'Delivery moved to another day', ms: 'Penghantaran ditunda', zh: '派送已改期' },
  substatus_intercepted: { en: 'Stopped on its way', ms: 'Dihentikan dalam perjalanan', zh: '包裹被拦截' },
  substatus_lost: { en: 'The courier cannot find it', ms: 'Kurier tidak menemui bungkusan', zh: '快递公司找不到包裹' },
  substatus_damaged: { en: 'The parcel is damaged', ms: 'Bungkusan rosak', zh: '包裹受损' },
  substatus_misrouted: { en: 'It went to the wrong place', ms: 'Terhantar ke tempat yang salah', zh: '包裹被送错地方' },
  substatus_delayed: { en: 'Delayed', ms: 'Tertangguh', zh: '包裹延误' },
  substatus_unclaimed: { en: 'It was not collected', ms: 'Tidak dituntut', zh: '包裹无人领取' },
  substatus_partly_delivered: {
    en: 'Only a part was delivered',
    ms: 'Hanya sebahagian dihantar',
    zh: '只送达了一部分',
  },
  substatus_to_recipient: { en: 'Delivered', ms: 'Telah dihantar', zh: '已送达' },
  substatus_to_someone_else: {
    en: 'Delivered to somebody else at the address',
    ms: 'Diterima oleh orang lain di alamat itu',
    zh: '已由他人代收',
  },
  substatus_picked_up_by_recipient: { en: 'Collected by you', ms: 'Telah anda ambil', zh: '已自取' },

  // What the customer should do
  advice_heading: { en: 'What you can do', ms: 'Apa yang boleh anda buat', zh: '您可以做什么' },
  advice_attempt_failed: {
    en: 'Keep your phone near: the courier usually tries again on the next working day.',
    ms: 'Pastikan telefon berhampiran: kurier biasanya cuba lagi pada hari bekerja berikutnya.',
    zh: '请保持电话畅通：快递员通常会在下一个工作日再次派送。',
  },
  advice_bad_address: {
    en: 'Send the shop your full address with unit number and postcode.',
    ms: 'Hantar alamat penuh kepada kedai, dengan nombor unit dan poskod.',
    zh: '请把含单元号和邮编的完整地址发给商家。',
  },
  advice_refused: {
    en: 'If you did not refuse it, tell the shop soon, before it is sent back.',
    ms: 'Jika anda tidak menolaknya, beritahu kedai segera, sebelum ia dihantar balik.',
    zh: '如果不是您拒收的，请在退回前尽快告诉商家。',
  },
  advice_ready_for_pickup: {
    en: 'Collect it soon, with this number and your identity card, before it is sent back.',
    ms: 'Ambil segera, dengan nombor ini dan kad pengenalan, sebelum ia dihantar balik.',
    zh: '请尽快凭此单号和身份证取件，以免被退回。',
  },
  advice_in_locker: {
    en: 'Collect it soon with the code from the courier, before it is sent back.',
    ms: 'Ambil segera dengan kod daripada kurier, sebelum ia dihantar balik.',
    zh: '请尽快凭取件码取件，以免被退回。',
  },
  advice_on_hold: {
    en: 'If it has not moved in two working days, ask the shop.',
    ms: 'Jika tiada perubahan dalam dua hari bekerja, tanya kedai.',
    zh: '如果两个工作日内没有变化，请联系商家。',
  },
  advice_customs_hold: {
    en: 'Customs decides when it goes on. Have the order confirmation ready.',
    ms: 'Kastam menentukan bila ia bergerak semula. Sediakan pengesahan pesanan.',
    zh: '放行时间由海关决定。请准备好订单确认。',
  },
  advice_payment_due: {
    en: 'A duty or fee has to be paid first. Ask the shop; never pay through a link you did not expect.',
    ms: 'Duti atau caj perlu dibayar dahulu. Tanya kedai; jangan bayar melalui pautan yang tidak dijangka.',
    zh: '需要先付税费。请询问商家，切勿通过来历不明的链接付款。',
  },
  advice_documents_missing: {
    en: 'Ask the shop which papers the courier needs.',
    ms: 'Tanya kedai dokumen yang diperlukan oleh kurier.',
    zh: '请向商家询问快递公司需要哪些文件。',
  },
  advice_rescheduled: {
    en: 'Nothing to do: the courier comes on another day.',
    ms: 'Tiada apa perlu dibuat: kurier akan datang pada hari lain.',
    zh: '无需操作：快递公司会改日派送。',
  },
  advice_exception: {
    en: 'Contact the shop: it can ask the courier to look into it.',
    ms: 'Hubungi kedai: kedai boleh meminta kurier menyiasat.',
    zh: '请联系商家，商家可以请快递公司查询。',
  },
  advice_delayed: {
    en: 'Nothing to do: it comes later than planned.',
    ms: 'Tiada apa perlu dibuat: ia akan sampai lewat.',
    zh: '无需操作：包裹会晚些到。',
  },
  advice_returning: {
    en: 'If you still want it, tell the shop.',
    ms: 'Jika anda masih mahukannya, beritahu kedai.',
    zh: '如果您仍需要此包裹，请告诉商家。',
  },
  advice_lapsed: {
    en: 'If it has not arrived, contact the shop.',
    ms: 'Jika belum sampai, hubungi kedai.',
    zh: '如果还没收到，请联系商家。',
  },

  // The stepper: five to a line on the narrowest phone
  steps_label: { en: 'Progress', ms: 'Kemajuan', zh: '进度' },
  step_ordered: { en: 'Booked', ms: 'Ditempah', zh: '已下单' },
  step_collected: { en: 'Collected', ms: 'Diambil', zh: '已揽收' },
  step_in_transit: { en: 'On the way', ms: 'Dalam transit', zh: '运输中' },
  step_out_for_delivery: { en: 'Out for delivery', ms: 'Sedang dihantar', zh: '派送中' },
  step_ready_for_pickup: { en: 'To collect', ms: 'Untuk diambil', zh: '待取件' },
  step_delivered: { en: 'Delivered', ms: 'Sampai', zh: '已送达' },
  step_returning: { en: 'Going back', ms: 'Dihantar balik', zh: '退回中' },
  step_returned: { en: 'Returned', ms: 'Di kedai', zh: '已退回' },

  // How far it can be trusted
  fresh: {
    en: 'Checked {ago}, next check about {next}.',
    ms: 'Disemak {ago}, semakan berikut sekitar {next}.',
    zh: '{ago}查询过，下次约在 {next} 查询。',
  },
  ended: {
    en: 'The journey has ended, so we check no more.',
    ms: 'Perjalanan telah tamat, jadi kami tidak menyemak lagi.',
    zh: '运送已结束，不再查询。',
  },
  ended_lapsed: {
    en: 'No news for a long time, so we stopped asking.',
    ms: 'Lama tiada berita, jadi kami berhenti bertanya.',
    zh: '很久没有新消息，已停止查询。',
  },
  just_now: { en: 'just now', ms: 'sebentar tadi', zh: '刚刚' },
  never_checked: { en: 'Not checked yet.', ms: 'Belum disemak.', zh: '尚未查询。' },
  last_good_check: {
    en: 'Last good check {when} ({ago}).',
    ms: 'Semakan berjaya terakhir {when} ({ago}).',
    zh: '上次成功查询：{when}（{ago}）。',
  },
  next_about: { en: 'Next check about {next}.', ms: 'Semakan berikut sekitar {next}.', zh: '下次约在 {next} 查询。' },
  next_soon: { en: 'Next check any moment.', ms: 'Semakan berikut sebentar lagi.', zh: '即将再次查询。' },
  late_upstream_down: { en: 'The courier is not answering.', ms: 'Kurier tidak menjawab.', zh: '快递公司没有回应。' },
  late_budget_spent: {
    en: 'All of today’s checks are used up.',
    ms: 'Semua semakan hari ini telah digunakan.',
    zh: '今天的查询次数已用完。',
  },
  late_paced: {
    en: 'Many parcels are waiting, so this check comes later.',
    ms: 'Banyak bungkusan sedang menunggu, jadi semakan ini lewat.',
    zh: '等待查询的包裹很多，这次查询会晚一些。',
  },
  late_not_authorised: {
    en: 'The shop has to renew its access to the courier.',
    ms: 'Kedai perlu memperbaharui aksesnya kepada kurier.',
    zh: '商家需要重新授权查询。',
  },
  late_jobs_failing: {
    en: 'The fault is ours; we have been told.',
    ms: 'Masalah ini di pihak kami; kami telah dimaklumkan.',
    zh: '问题在我们这边，我们已收到通知。',
  },
  late: { en: 'The next check is late.', ms: 'Semakan berikut lewat.', zh: '查询有所延迟。' },
  out_of_date: {
    en: 'What you see may be out of date.',
    ms: 'Maklumat ini mungkin sudah lapuk.',
    zh: '当前内容可能已过时。',
  },
  no_connection: {
    en: 'No connection. What you see is from {when}.',
    ms: 'Tiada sambungan. Maklumat ini dari {when}.',
    zh: '没有网络连接。当前内容来自 {when}。',
  },

  // The document
  tracking_number: { en: 'Tracking number', ms: 'Nombor penjejakan', zh: '运单号' },
  order_number: { en: 'Order number', ms: 'Nombor pesanan', zh: '订单号' },
  history: { en: 'What happened so far', ms: 'Apa yang telah berlaku', zh: '物流记录' },
  zone_guessed: {
    en: 'Times without a time zone are read as the courier’s local time.',
    ms: 'Masa tanpa zon masa dibaca sebagai waktu tempatan kurier.',
    zh: '未注明时区的时间按快递公司当地时间处理。',
  },
  earlier_events: {
    en: 'Show all {count} entries',
    ms: 'Tunjukkan semua {count} catatan',
    zh: '显示全部 {count} 条记录',
  },
  courier_text: { en: 'In the courier’s words', ms: 'Dalam kata-kata kurier', zh: '快递公司原文' },
  expected: { en: 'Expected {day}', ms: 'Dijangka {day}', zh: '预计 {day}送达' },
  expected_late: { en: 'Was expected {day}', ms: 'Sepatutnya {day}', zh: '原预计 {day}送达' },
  add_to_calendar: { en: 'Add to calendar', ms: 'Tambah ke kalendar', zh: '添加到日历' },
  link_refused: {
    en: 'This link no longer works, so you see what everybody may see. Ask the shop for a new one.',
    ms: 'Pautan ini tidak lagi berfungsi, jadi anda melihat paparan umum. Minta yang baharu daripada kedai.',
    zh: '此链接已失效，以下是公开信息。请向商家索取新链接。',
  },
  demo: { en: 'Demo: this parcel is made up.', ms: 'Demo: bungkusan ini rekaan.', zh: '演示：此包裹为虚构。' },

  // Help
  help_heading: { en: 'Need help?', ms: 'Perlukan bantuan?', zh: '需要帮助？' },
  contact_phone: { en: 'Call the shop', ms: 'Telefon kedai', zh: '致电商家' },
  contact_email: { en: 'E-mail the shop', ms: 'E-mel kedai', zh: '发邮件给商家' },
  contact_text: {
    en: 'Hello, I have a question about my parcel {number}.',
    ms: 'Helo, saya ada soalan tentang bungkusan saya {number}.',
    zh: '您好，我想咨询我的包裹 {number}。',
  },
  courier_page: { en: 'See it at {place}', ms: 'Lihat di {place}', zh: '在 {place} 查看' },
  report_not_received: { en: 'I did not receive this', ms: 'Saya tidak menerimanya', zh: '我没有收到' },
  report_something_wrong: { en: 'Something is wrong', ms: 'Ada yang tidak kena', zh: '包裹有问题' },
  report_send: { en: 'Tell the shop', ms: 'Beritahu kedai', zh: '告诉商家' },
  report_cancel: { en: 'Cancel', ms: 'Batal', zh: '取消' },
  report_sent: {
    en: 'Thank you. The shop has been told.',
    ms: 'Terima kasih. Kedai telah dimaklumkan.',
    zh: '谢谢，已通知商家。',
  },
  report_failed: {
    en: 'This could not be sent. Please contact the shop.',
    ms: 'Ini tidak dapat dihantar. Sila hubungi kedai.',
    zh: '发送失败，请联系商家。',
  },

  // Searching
  page_search_heading: { en: 'Track your parcel', ms: 'Jejak bungkusan anda', zh: '查询您的包裹' },
  search_hint: {
    en: 'The tracking number is in the shop’s message or on the courier label.',
    ms: 'Nombor penjejakan ada dalam mesej kedai atau pada label kurier.',
    zh: '运单号在商家的消息里或快递面单上。',
  },
  search_button: { en: 'Track', ms: 'Jejak', zh: '查询' },
  search_again: { en: 'Track another parcel', ms: 'Jejak bungkusan lain', zh: '查询其他包裹' },
  by_order: {
    en: 'No tracking number? Use your order number',
    ms: 'Tiada nombor penjejakan? Guna nombor pesanan',
    zh: '没有运单号？用订单号查询',
  },
  contact: {
    en: 'E-mail or phone used for the order',
    ms: 'E-mel atau telefon yang digunakan untuk pesanan',
    zh: '下单时的邮箱或电话',
  },
  find_order: { en: 'Find my order', ms: 'Cari pesanan saya', zh: '查找订单' },
  order_parcels: { en: 'Parcels of order {order}', ms: 'Bungkusan pesanan {order}', zh: '订单 {order} 的包裹' },
  loading: { en: 'Looking it up …', ms: 'Sedang mencari …', zh: '正在查询…' },
  try_again: { en: 'Try again', ms: 'Cuba lagi', zh: '重试' },

  // When there is nothing to show
  not_known_yet: {
    en: 'The courier does not know this number yet',
    ms: 'Kurier belum mengenali nombor ini',
    zh: '快递公司暂时还没有此单号的记录',
  },
  not_known_yet_text: {
    en: 'That is normal at first: it appears after the courier’s first scan. We keep asking.',
    ms: 'Ini biasa pada mulanya: ia muncul selepas imbasan pertama kurier. Kami terus bertanya.',
    zh: '起初这很正常：快递公司首次扫描后就会显示。我们会继续查询。',
  },
  not_checked_yet: {
    en: 'We have just heard of this parcel',
    ms: 'Kami baru tahu tentang bungkusan ini',
    zh: '我们刚收到此包裹的信息',
  },
  not_checked_yet_text: {
    en: 'The courier has not been asked yet. This page updates by itself.',
    ms: 'Kurier belum ditanya. Halaman ini dikemas kini sendiri.',
    zh: '尚未向快递公司查询。本页会自动更新。',
  },
  not_found_long: {
    en: 'Still not known after 3 days',
    ms: 'Masih tidak dikenali selepas 3 hari',
    zh: '3 天后仍没有记录',
  },
  not_found_long_text: {
    en: 'Please ask the shop to check the number. We keep asking.',
    ms: 'Sila minta kedai menyemak nombor ini. Kami terus bertanya.',
    zh: '请联系商家核对单号，我们会继续查询。',
  },
  not_found: { en: 'We do not have this parcel', ms: 'Kami tiada bungkusan ini', zh: '没有找到此包裹' },
  not_found_text: {
    en: 'Check each letter and digit. If it is right, try again in an hour: the shop may not have told us yet.',
    ms: 'Semak setiap huruf dan digit. Jika betul, cuba lagi dalam sejam: kedai mungkin belum memberitahu kami.',
    zh: '请核对每个字母和数字。如果无误，请一小时后再试：商家可能还没提交。',
  },
  looks_like_order: { en: 'That looks like an order number', ms: 'Itu seperti nombor pesanan', zh: '这看起来像订单号' },
  looks_like_order_text: {
    en: 'Add your e-mail or phone below to find its parcels.',
    ms: 'Tambah e-mel atau telefon anda di bawah untuk mencari bungkusannya.',
    zh: '请在下方填写邮箱或电话来查找包裹。',
  },
  wrong_shape: { en: 'That cannot be a tracking number', ms: 'Itu bukan nombor penjejakan', zh: '这不是有效的运单号' },
  wrong_shape_text: {
    en: 'It has 6 to 35 letters, digits and dashes.',
    ms: 'Ia ada 6 hingga 35 huruf, digit dan sempang.',
    zh: '运单号由 6 到 35 个字母、数字和短横线组成。',
  },
  order_not_found: {
    en: 'No order fits these details',
    ms: 'Tiada pesanan sepadan dengan butiran ini',
    zh: '没有与此信息相符的订单',
  },
  order_not_found_text: {
    en: 'Check the order number and the e-mail or phone. After several tries, wait 5 minutes.',
    ms: 'Semak nombor pesanan dan e-mel atau telefon. Selepas beberapa kali, tunggu 5 minit.',
    zh: '请核对订单号和邮箱或电话。多次输错后，请 5 分钟后再试。',
  },
  too_many: { en: 'Too many look-ups for now', ms: 'Terlalu banyak carian buat masa ini', zh: '查询过于频繁' },
  too_many_text: {
    en: 'Please try again in 15 minutes.',
    ms: 'Sila cuba lagi selepas 15 minit.',
    zh: '请 15 分钟后再试。',
  },
  unavailable: {
    en: 'Tracking is not available right now',
    ms: 'Penjejakan tidak tersedia sekarang',
    zh: '暂时无法查询',
  },
  unavailable_text: {
    en: 'The fault is ours. Please try again in a minute.',
    ms: 'Masalah ini di pihak kami. Sila cuba lagi sebentar.',
    zh: '问题在我们这边。请稍后再试。',
  },
  offline: { en: 'No connection', ms: 'Tiada sambungan', zh: '没有网络连接' },
  offline_text: {
    en: 'Check your connection; we try again by ourselves.',
    ms: 'Semak sambungan anda; kami akan cuba lagi sendiri.',
    zh: '请检查网络，我们会自动重试。',
  },

  // The page around it
  page_title: { en: 'Track parcel {number}', ms: 'Jejak bungkusan {number}', zh: '查询包裹 {number}' },
  page_description: {
    en: '{status}. See every step of this parcel.',
    ms: '{status}. Lihat setiap langkah bungkusan ini.',
    zh: '{status}。查看此包裹的每一步。',
  },
  page_as_of: {
    en: 'As of {when}. All times are {zone}.',
    ms: 'Setakat {when}. Semua masa ialah {zone}.',
    zh: '截至 {when}。时间均为{zone}。',
  },
  page_order_needs_script: {
    en: 'Searching by order number needs JavaScript.',
    ms: 'Carian dengan nombor pesanan memerlukan JavaScript.',
    zh: '用订单号查询需要启用 JavaScript。',
  },
  page_not_here: { en: 'There is no page here', ms: 'Tiada halaman di sini', zh: '此页面不存在' },
  page_not_here_text: {
    en: 'You can look for your parcel with its tracking number.',
    ms: 'Anda boleh mencari bungkusan dengan nombor penjejakannya.',
    zh: '您可以用运单号查询包裹。',
  },
  page_language: { en: 'Language', ms: 'Bahasa', zh: '语言' },

  // Calendar programs: `{parcel}` is courier and tracking number, `{number}` the number alone
  calendar_name: { en: 'Parcel {number}', ms: 'Bungkusan {number}', zh: '包裹 {number}' },
  calendar_expected: {
    en: 'Parcel expected: {parcel}',
    ms: 'Bungkusan dijangka tiba: {parcel}',
    zh: '包裹预计送达：{parcel}',
  },
  calendar_delivered: {
    en: 'Parcel delivered: {parcel}',
    ms: 'Bungkusan telah dihantar: {parcel}',
    zh: '包裹已送达：{parcel}',
  },
  calendar_cancelled: {
    en: 'Parcel not coming: {parcel}',
    ms: 'Bungkusan tidak akan tiba: {parcel}',
    zh: '包裹不会送达：{parcel}',
  },
  calendar_details: { en: 'Where it is now: {url}', ms: 'Lokasi terkini: {url}', zh: '查看最新位置：{url}' },
  calendar_demo: { en: 'Demo, not a real parcel.', ms: 'Demo, bukan bungkusan sebenar.', zh: '演示，并非真实包裹。' },
} as const satisfies Record<string, { en: string; ms: string; zh: string }>

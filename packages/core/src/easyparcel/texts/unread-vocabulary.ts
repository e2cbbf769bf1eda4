// Made by mask-unread.test.ts from the collections of texts: what at least 2 of them use.
export const knownWords = `
  a abnormality about absent accept accepted access actual ada added address addressee adverse after again agency agent agreed air airline
  airport akan akhir alamat all alternate ambil an and anda another answer antarabangsa appointment are area arranged arrangement
  arrangements arrival arrive arrived articles as asked assigned at atau attempt attempted attempts australia authorities available awaiting
  back bad bag bantuan bayaran be been before being belum berjaya bersama booked box bungkusan business but buyer by call can cancel
  canceled cancellation cancelled cannot capacity card cargo carrier center centre change changed checked city cl claim clearance cleared
  client closed closure cod code collect collected collection company complete completed confirmed consignee consignees consignment
  constraint contact contacted container content corona correct corrected could count counter country courier cp created cubaan currently
  custom customer customs dalam damage damaged dan data date day days delay delayed deliver delivered delivering delivery depart departed
  departure depot description despatched destinasi destination destroyed details detained dhl di diambil dibatalkan dibuat dibungkus didnt
  different dihantar diperlukan diproses dipulangkan disediakan diserahkan dispatch dispatched disposal disposed dispute distribution
  ditemui diterima divert documentation documents does dokumen door doorstep driver drop dropoff dto due during duty electronic en enroute
  entered entry estimated exception exchange expected export ezibox facility fail failed fedex fees final find first flight for forwarded
  found from front further future gagal gateway germany given gls goods gudang hab handed handling handoff hantar hari has haul have havent
  held hold holiday home hub hubungi id import in inbound incoming incomplete incorrect individual information ini initiated inspection
  instructed instructions insufficient international into investigation inward is issue issues ist it italy item items its j kabinet kad
  kami kargo kasih kastam ke kepada kini kurier kyc label landed large last late later leave left leipzig license line link loaded local
  locate located location locker logistics lokasi lost maaf made mail maklumat manifest manifested marked masuk match max maximum may
  menerima menghantar menunggu merchandise milan mile mis misdeclared mismatch misroute missed missing moved movement name needed neighbors
  neighbour new next ninja no non not notice notification now number o of off office offload ok oleh on one open opened opening or order
  origin original other otp our out outbound outlet over overdue overnight overseas own p package packaging packed packet packing parcel
  partial partner partners pasukan path pay payment pelanggan pelepasan pemandu pembungkusan pending penerima pengangkutan pengecualian
  penghantaran pengyang penyusunan per period perjalanan pesanan phone physical pick picked pickup place placed please po point pointtm poor
  post posted pre premises prepared preparing problem problematic process processed processing progress prohibited proof property proses
  provided pudo qr query re reached ready rearrange reason reattempt receive received receiver recieved recipient refuse refused regulatory
  reject rejected rekod related release released remaining reported request requested required requires rerouted reschedule rescheduled
  resolved restricted return returned returning returns rider room route rto rumah safe sampai scan scanned schedule scheduled sebelum
  second security sedang sedia see seized selamat selesai self seller semula sender sent serta service servis severe shelved shifted ship
  shipment shipped shipper shipping shop short siap signature signed sila singapore skip sms soft some soon sort sorted sorting started
  station status store stored storekeeper submitted success successful successfully such sudah support surface susunan sydney t tak tarikh
  team telah tempahan terima the there this tiada tiba tidak time to too track tracked tracking trailer transfer transferred transit
  transportation tried try unable unavailable unclaimed undelivered under unsuccessful untraceable untuk up update updated ups usps van
  vehicle verified via wait waiting wants warehouse was way we weather were whatsapp will with without working yet you your yoyi`

export const knownPairs = `
  上门 不在 不成 不详 丢失 中包 中心 中转 丰巢 交由 人不 人地 人已 人拒 人接 人未 人电 人签 人要 从丰 仓库 仓扫 代理 件中 件人 件入 件出 件到 件团 件国 件在 件地 件处 件已 件成 件扫 件数 件由 件破 件给 件网 件退 伙伴 伴收 伴配 作点
  信息 修改 偏远 入仓 关扣 关联 关闭 其他 内操 准备 出仓 出现 分货 到件 到港 到货 到达 到配 包裹 区港 单号 原因 发件 发往 发货 取件 取出 取回 取消 取运 口岸 合作 商伙 商已 商配 回发 回寄 因货 团队 国地 国港 在处 在安 在家 在派 在运
  在退 在途 地区 地址 址不 址错 处理 备发 复秤 失件 失败 妥投 存在 安排 完成 审核 客户 寄件 将重 尚未 州转 已交 已从 已到 已取 已完 已提 已揽 已收 已离 已签 已经 已装 市快 库内 延迟 异常 待自 快件 快递 情况 成功 成投 成退 或不 或驿
  户不 所收 扣件 扫描 投递 抵达 拒收 拒绝 拣货 排配 接听 提交 揽件 揽收 操作 收人 收件 收到 收包 收取 收寄 收签 改包 放行 散中 数有 新安 无人 无法 无轨 时未 时间 暂无 更新 有少 服务 未交 未签 未配 柜或 查询 正在 正确 派件 派送 流程
  海关 清关 港口 滞留 物在 物已 物流 理中 理货 由运 电话 留仓 疑难 的国 的地 目的 破损 确认 离开 离港 程中 站所 等待 签收 系统 给客 绝收 网点 联系 自提 至站 装车 裹为 裹信 裹在 裹已 裹正 裹被 要求 订单 记录 货件 货关 货物 资料 超时
  超过 车准 车货 车辆 轨迹 转交 转寄 转运 输中 输商 输途 达目 过期 运中 运伙 运输 进行 远地 迹信 退件 退回 退货 送不 送中 送之 送安 送至 送途 递员 递失 递成 递柜 途中 遗失 部分 配送 重新 错网 错误 长时 门市 难件 集包 集散 顺丰 领取
  驿站`

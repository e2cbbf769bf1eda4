import type { TextRule } from './text-rule.ts'

// How to add a rule: see the top of status-texts.ts.

/** What denies an ending: it is to come, was tried, is in doubt, or somebody asks for it. */
const denied =
  /未|待|等|无人|拒|失败|准备|预计|即将|将于|请|如|若|尽快|虚假|非本人|是否|投诉|率|未能|不能|中$|部分|异常(?!后)/

export const chineseRules: readonly TextRule[] = [
  // Says nothing, going back, called off.
  {
    id: 'zh-says-nothing',
    says: [
      /复秤|称重|修改包裹信息/,
      /(?:暂无|无|没有)\p{Script=Han}{0,4}(?:信息|轨迹|记录)/u,
      /来电|其他状况|轨迹更新|打电话|拍照|盘点|盘库/,
      /查无(?:信息|轨迹|结果)/,
      /更改收件信息/,
    ],
    status: 'unknown',
    proof: '货物暂无轨迹信息',
  },
  {
    id: 'zh-returned',
    says: [
      /(?:退|返)\p{Script=Han}{0,8}(?:妥投|签收|完成|成功|给客户|给寄件人)/u,
      /完成退货|退签/,
      /^已退(?:件|货)$/,
      /寄件人\p{Script=Han}{0,3}签收/u,
    ],
    unless: [denied],
    status: 'returned',
    proof: '退件妥投',
  },
  {
    id: 'zh-returning',
    says: [/退(?:件|货|回|运|仓|换|还)/, /协商退|待退|转退|返回寄件|逆向/],
    unless: [/无法退|取消退/, /退\p{Script=Han}{0,4}取消/u],
    status: 'returning',
    proof: '待退件',
  },
  {
    id: 'zh-cancelled',
    says: [
      /(?:订单|运单|包裹|快件|客户|卖家|买家|寄件|揽收|已)\p{Script=Han}{0,4}取消/u,
      /^取消$/,
      /取消(?:订单|运单|寄件|发货|揽收)/,
      /订单\p{Script=Han}{0,4}关闭/u,
      /作废|撤单|销单/,
    ],
    unless: [/取消(?:派|配|退|滞|拦|签|失败|自提)/, /未取消|申请|无法|不能/],
    status: 'cancelled',
    proof: 'SHOPEE订单系统自动关闭',
  },
  {
    id: 'zh-pickup-failed',
    says: [
      /(?:揽收|揽件|收件|取件|上门)\p{Script=Han}{0,2}(?:失败|不成功|异常)/u,
      /(?:推迟|延迟|改约|无法|未能)(?:揽收|揽件|上门|收件)/,
      /未揽/,
    ],
    unless: [/派/],
    status: 'pending',
    substatus: 'pickup_failed',
    proof: '快递员从丰巢收件失败',
  },

  // Refused, and what happened to the goods.
  {
    id: 'zh-refused',
    says: [/拒收/, /拒绝(?:签收|收|接)/, /拒签|拒付|不想要|不要了/],
    status: 'attempt_failed',
    substatus: 'refused',
    proof: '收件人拒收',
  },
  {
    id: 'zh-lost',
    says: [
      /丢失|遗失|丢件|失窃|被盗|短少|有缺/,
      /有少(?!但)/,
      /短缺|缺少|缺件|少件|空包|数量不符|不在集包|未被扫描|无实际/,
    ],
    status: 'exception',
    substatus: 'lost',
    proof: '货件遗失',
  },
  {
    id: 'zh-damaged',
    says: [/破损|污损|损坏|毁损|受损|破裂|泄漏|漏液/],
    status: 'exception',
    substatus: 'damaged',
    proof: '货物破损',
  },
  {
    id: 'zh-part',
    says: [/部分(?:货件|签收|派送|收取)/, /部份/],
    unless: [/转运|交由/],
    status: 'exception',
    substatus: 'partly_delivered',
    proof: '收件人已收取运输商伙伴配送之部分货件',
  },
  {
    id: 'zh-unclaimed',
    says: [/(?:超时|逾期|超过期限|过期)\p{Script=Han}{0,6}(?:未取|未领|取件)/u, /未领取|无人领取|未取件/],
    status: 'exception',
    substatus: 'unclaimed',
    proof: '快递柜或驿站超时未取',
  },
  {
    id: 'zh-misrouted',
    says: [/(?:错|误)(?:分|发|送|派|运|投)/, /(?:送|发|派|分|投)错/, /安排错误|分拣错误|错件|串件/],
    status: 'exception',
    substatus: 'misrouted',
    proof: '错分件',
  },

  // Tried and not handed over, with the reason.
  {
    id: 'zh-unreachable',
    says: [
      /联系不上|联系不到/,
      /无法(?:取得)?联系/,
      /联络不|未联系|无人接听|无法接通/,
      /(?:电话|号码)\p{Script=Han}{0,4}(?:错误|空号|有误|关机|停机|无法|不通|不正确)/u,
      /关机|空号/,
    ],
    status: 'attempt_failed',
    substatus: 'unreachable',
    proof: '联系不上收件人',
  },
  {
    id: 'zh-bad-address',
    says: [
      /地址\p{Script=Han}{0,4}(?:错|不详|不清|有误|不全|不完整|不正确|不明|不存在|搬|变更|欠详|不符|不对|无法)/u,
      /无此(?:收件)?人/,
      /查无此人|已搬|搬家|搬迁|迁/,
      /(?:信息|姓名|收件人)(?:错误|有误|不符|不详)/,
    ],
    status: 'attempt_failed',
    substatus: 'bad_address',
    proof: '收件地址错误',
  },
  {
    id: 'zh-absent',
    says: [/不在|外出/, /无人(?:签收|在家|收件|应门)?/, /下班|休息|休假|放假|关门|打烊|家中无人/],
    unless: [/不在集包|外出派|节/],
    status: 'attempt_failed',
    substatus: 'recipient_absent',
    proof: '客户不在',
  },
  {
    id: 'zh-attempted',
    says: [
      /(?:派|投|配|送)(?:件|送|递|达|货)\p{Script=Han}{0,4}(?:失败|不成功|未成功|未果|未能)/u,
      /未(?:能)?妥投/,
      /签收失败/,
      /(?:无法|未能|不能)(?:派|投|配|送|交)/,
      /(?:再次|二次|重新|第\p{Script=Han}次|继续)(?:派|投|配)/u,
      /派(?:件|送)异常/,
      /投递异常/,
      /尝试(?:派|投|配)/,
      /派件时间不足|付款问题|货款不足|现金不足|无法进入/,
    ],
    status: 'attempt_failed',
    proof: '派送失败',
  },

  // Kept back.
  {
    id: 'zh-customs-hold',
    says: [
      /清关异常/,
      /海关(?:扣|查扣|留|滞)/,
      /扣(?:件|关)/,
      /清关\p{Script=Han}{0,2}(?:失败|延误|延长|延迟|滞留)/u,
      /待申报|待报关|待清关|暂存口岸/,
    ],
    status: 'on_hold',
    substatus: 'customs_hold',
    proof: '海关扣件',
  },
  {
    id: 'zh-payment-due',
    says: [/(?:待|未|等待|需)(?:付款|缴|支付|交税)/, /关税未/],
    status: 'on_hold',
    substatus: 'payment_due',
    example: '待缴关税',
  },
  {
    id: 'zh-rescheduled',
    says: [
      /公休|假日/,
      /(?:更改|变更|修改)(?:收件|收货|派送|配送)?地址/,
      /改约|改期|改天|改日/,
      /预约(?:派|配|送|再)/,
      /延后|节日后|节假日|另约|约定时间|更改派送|要求延/,
      /重新安排(?:配|派|投)/,
      /择日|另行/,
      /指定(?:时间|日期)/,
      /收件人要求|客户要求/,
    ],
    unless: [/取消/],
    status: 'on_hold',
    substatus: 'rescheduled',
    proof: '节日后在安排配送',
  },
  { id: 'zh-intercepted', says: [/拦截/], status: 'on_hold', substatus: 'intercepted', proof: '单号已拦截' },
  {
    id: 'zh-on-hold',
    says: [
      /滞留(?!件出)/,
      /留仓|暂缓|暂停|扣留|待补/,
      /补(?:件|充|资料)/,
      /转待处理|待处理|留置|冻结|安检|禁运|违禁|运力不足|爆仓/,
    ],
    status: 'on_hold',
    proof: '中转滞留',
  },

  // Late, or trouble without a name.
  {
    id: 'zh-delayed',
    says: [
      /延迟|延误|迟到|天气|台风|暴雨|洪水|自然灾害|不可抗力|车祸|堵车|路况|塞车|天灾|疫情|罢工|故障/,
      /超时未(?:签收|更新)/,
      /晚点/,
    ],
    status: 'exception',
    substatus: 'delayed',
    proof: '配送延迟',
  },
  {
    id: 'zh-problem',
    says: [
      /异常(?!后)/,
      /疑难|问题件|销毁|弃件|弃货|没收|超大|超重|超材|理赔|索赔|赔付|包装不良|多次派|超区/,
      /超出\p{Script=Han}{0,6}范围/u,
    ],
    status: 'exception',
    proof: '标记异常',
  },

  // Waits for the recipient, or delivered.
  {
    id: 'zh-ready',
    says: [
      /自提|待取|取件码|上架|入柜|投柜|物流柜/,
      /(?:派件|投递|派送|投放|存放|存|放|送)\p{Script=Han}{0,4}(?:丰巢|快递柜|驿站|代收点|自提点|便利店|便利商店|门市|顺丰店)/u,
      /(?:到达|已到|送达|暂存|暂存至|存至)\p{Script=Han}{0,3}(?:顺丰店|门店|门市|驿站|代收|自提|便利店|菜鸟)/u,
      /(?:驿站|柜|店)代收/,
    ],
    unless: [/转交|预计|签收|取件成功|已取|取出/, /自提(?:成功|完成)/, /完成派件|派件成功/],
    status: 'ready_for_pickup',
    proof: '等待自提',
  },
  {
    id: 'zh-signed',
    says: [/已(?:经|被|由\p{Script=Han}{1,6})?(?:本人)?(?:签收|妥投)/u],
    unless: [
      /未|退|拒|虚假|非本人|是否|是不是/,
      /(?:如果|若|一旦|如)\p{Script=Han}{0,6}已/u,
      /网点签收|中心签收|部分/,
      /(?:代|前台|门卫|保安|邻居|家人|物业|同事)签收/,
      /签收人(?:前台|门卫|保安|邻居|家人|物业|同事)/,
    ],
    status: 'delivered',
    proof: '快件已签收',
  },
  {
    id: 'zh-picked-up-by-recipient',
    says: [
      /(?:客户|收件人|用户|买家)\p{Script=Han}{0,6}(?:取件成功|已取|取走|取件$|自提$)/u,
      /自提(?:成功|完成)/,
      /已(?:自提|取走)/,
      /从\p{Script=Han}{1,4}取件成功/u,
    ],
    unless: [denied],
    status: 'delivered',
    substatus: 'picked_up_by_recipient',
    proof: '客户从丰巢取件成功',
  },
  {
    id: 'zh-taken-by-recipient',
    says: [/(?:收件人|客户|买家)已(?:经)?(?:收取|领取|提取|收货|收到)/],
    unless: [/部分|剩余|电话|短信|通知/],
    status: 'delivered',
    proof: '收件人已收取运输商伙伴配送之全部货件',
  },
  {
    id: 'zh-delivered-to-someone-else',
    says: [
      /(?:代|前台|门卫|保安|邻居|家人|物业|同事)\p{Script=Han}{0,2}签收/u,
      /签收人(?:前台|门卫|保安|邻居|家人|物业|同事)/,
    ],
    unless: [denied],
    status: 'delivered',
    substatus: 'to_someone_else',
    proof: '代收签收',
  },
  {
    id: 'zh-delivered',
    says: [
      /已配达|^代签$/,
      /签收|妥投/,
      /(?:派|投|配)(?:件|送|递)(?:成功|完成|完毕)/,
      /已送达/,
      /送达(?:客户|收件人)/,
      /交付(?:成功|完成)/,
      /完成(?:派|配|投)(?:件|送|递)/,
    ],
    unless: [
      denied,
      /网点签收/,
      /(?<!驿)站签收/,
      /中心签收/,
      /送达\p{Script=Han}{0,8}(?:网点|营业|站|中心|柜|店|代收)/u,
    ],
    status: 'delivered',
    proof: '配送完成',
  },

  // With the courier who delivers, or not yet with one.
  {
    id: 'zh-handed-over',
    says: [/转由|交由|转交/],
    status: 'in_transit',
    substatus: 'handed_over',
    proof: '运输商转由子公司配送中',
  },
  {
    id: 'zh-out-for-delivery',
    says: [
      /派(?:件|送)扫描/,
      /(?:派|配)(?:件|送)(?:途)?中/,
      /(?:正在|开始|安排|进行|外出|准备)(?:\p{Script=Han}{1,2})?(?:派|配)(?:件|送)?/u,
      /派件员|派送员|配送员|出仓派|出仓扫描|交接扫描|待派|骑手|最后一公里/,
      /(?:快递|业务)员\p{Script=Han}{0,8}派(?:件|送)/u,
    ],
    unless: [/尚未|到达|到件|发件/],
    status: 'out_for_delivery',
    proof: '派件中',
  },
  {
    id: 'zh-awaiting-pickup',
    says: [
      /(?:货件|包裹|快件|订单)准备中/,
      /(?:待|等待|准备|预约|即将)(?:揽|上门|取件|收件|发货|拣货|寄|快件)/,
      /寄方准备|备货|未发货|待处理订单|拣货|订单审核|仓库内操作/,
    ],
    status: 'pending',
    proof: '准备拣货',
  },
  {
    id: 'zh-info-received',
    says: [/下单/, /(?:订单|运单|面单|电子信息|预报)\p{Script=Han}{0,4}(?:创建|提交|生成|受理|接收|收到|打印|录入)/u],
    status: 'info_received',
    example: '已下单',
  },
  {
    id: 'zh-collected',
    says: [/揽收|揽件|已揽|收寄|接件/, /收件(?!人|网点|地)/, /已收取|已取件|收货|取货|上门取|入库签收|已收件|集货/],
    unless: [/未|入仓/],
    status: 'collected',
    substatus: 'picked_up',
    proof: '包裹已揽收',
  },

  // On its way.
  {
    id: 'zh-customs',
    says: [/清关|通关|报关|海关|放行/],
    status: 'in_transit',
    substatus: 'customs',
    proof: 'CFS清关',
  },
  {
    id: 'zh-departed',
    says: [/离开|发往|发出|发件|出仓|交航|交寄航空|封车|发车|起飞|启运|出库|出港|离港|已发/],
    status: 'in_transit',
    substatus: 'departed',
    proof: '封车操作',
  },
  {
    id: 'zh-arrived',
    says: [/到达|抵达|到件|已到|入库|进港|到港|卸车|到车|入仓|落地|降落|收入扫描|抵港/],
    status: 'in_transit',
    substatus: 'arrived',
    proof: '到达转运中心',
  },
  {
    id: 'zh-sorting',
    says: [/集包|拆包|分拣|分拨/, /处理(?:货件)?中/, /建包|扫描|交接|打包|换单|分派/],
    status: 'in_transit',
    substatus: 'sorting',
    proof: '集包',
  },
  {
    id: 'zh-moving',
    says: [
      /运输|转运|中转|转寄|在途|途中|装车|航班|干线|飞往|转投|转第三方|接驳|进口|出口|空运|海运|陆运|配载/,
      /预计到达|伙伴|站所|网点签收/,
      /(?<!驿)站签收/,
      /中心签收/,
    ],
    status: 'in_transit',
    proof: '在途中',
  },
]

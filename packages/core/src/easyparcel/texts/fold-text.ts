const charactersMax = 500

const entities = new Map(Object.entries({ nbsp: ' ', amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }))
const ofEntity = (whole: string, decimal?: string, hex?: string, name?: string): string => {
  if (name !== undefined) return entities.get(name.toLowerCase()) ?? whole
  const point = decimal === undefined ? Number.parseInt(hex as string, 16) : Number(decimal)
  return point > 0x10ffff ? whole : String.fromCodePoint(point)
}

/** What a page would show of a text that was written for one: `Out&nbsp;for&nbsp;delivery<br>` is "Out for delivery". */
const withoutMarkup = (text: string): string =>
  text
    .replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,4}));/gi, ofEntity)
    .replace(/<\/?(?:br|p|b|i|u|a|div|em|font|small|span|strong)\b[^<>]{0,200}>/gi, ' ')

/** The beginning of a text without markup, and its letters and digits as NFKC has them. */
export const readable = (text: string): string =>
  withoutMarkup(text.trim().slice(0, charactersMax)).normalize('NFKC').slice(0, charactersMax)

/** Traditional and simplified in turn, for the characters that the words of text-words.ts use. */
const pairs = `
簽签遞递攬揽轉转運运達达離离發发裝装車车關关貨货遺遗損损壞坏誤误錯错遲迟異异聯联繫系絡络電电話话無无絕绝約约節节滯滞攔拦檢检驗验稅税資资補补櫃柜門门點点驛驿領领豐丰倉仓員员單单訂订預预報报辦办備备揀拣
時时過过間间標标處处應应納纳繳缴費费後后從从給给還还變变動动暫暂記记錄录軌轨跡迹狀状態态進进際际陸陆飛飞機机場场線线幹干網网區区請请與与這这們们會会來来對对開开實实現现個个國国內内號号碼码顧顾買买賣卖
戶户毀毁棄弃氣气風风災灾隊队護护遠远適适當当設设級级續续郵邮務务夥伙鄰邻業业衛卫稱称複复閉闭廢废據据結结盤盘詢询確确審审創创則则緩缓凍冻擇择順顺營营撥拨庫库鳥鸟輸输尋寻嘗尝試试丟丢竊窃盜盗掃扫洩泄禍祸
罷罢難难圍围賠赔償偿違违終终鎖锁聽听遷迁範范盡尽經经認认統统計计駁驳換换啟启載载敗败將将於于為为準准餘余長长濕湿滿满鋪铺協协總总傳传臨临廠厂儲储購购銷销樓楼`
const simplified = new Map((pairs.match(/\S{2}/gu) ?? []).map((pair) => [pair[0] as string, pair[1] as string]))

/**
 * The form in which texts are compared: as a page would show it, NFKC, lower case, no apostrophes, every other run of punctuation or space as one
 * space, no space between Chinese characters, traditional characters as simplified ones, at most 500 characters. Never throws.
 */
export const foldText = (text: string): string =>
  readable(text)
    .toLowerCase()
    .replace(/['’‘`´]/g, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .replace(/(?<=\p{Script=Han}) (?=\p{Script=Han})/gu, '')
    .trim()
    .slice(0, charactersMax)
    .replace(/\p{Script=Han}/gu, (character) => simplified.get(character) ?? character)

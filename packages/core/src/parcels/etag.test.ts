import type { Freshness } from '@jejak/contract'
import { describe, expect, test } from 'vitest'
import { etagOf, matchesEtag } from './etag.ts'

const fresh: Freshness = {
  state: 'fresh',
  checkedAt: '2026-01-23T10:00:00.000Z',
  changedAt: '2026-01-23T08:00:00.000Z',
  nextCheckAt: '2026-01-23T12:00:00.000Z',
  source: 'scheduled',
  reason: null,
}
const tag = etagOf('0123456789abcdef', fresh)

describe('the tag of an answer', () => {
  test('stays the same while nothing changes', () => {
    expect(etagOf('0123456789abcdef', { ...fresh })).toBe(tag)
    expect(tag).toMatch(/^W\/"[\x21\x23-\x7e]+"$/)
  })

  test.each<[string, string, Partial<Freshness>]>([
    ['the document', 'fedcba9876543210', {}],
    ['the last check', '0123456789abcdef', { checkedAt: '2026-01-23T10:00:00.001Z' }],
    ['no check yet', '0123456789abcdef', { checkedAt: null }],
    ['what only the shop sees change, such as a report', '0123456789abcdef', { changedAt: '2026-01-23T09:00:00.000Z' }],
    ['the next check', '0123456789abcdef', { nextCheckAt: '2026-01-23T12:30:00.000Z' }],
    ['the freshness', '0123456789abcdef', { state: 'stale' }],
    ['the reason', '0123456789abcdef', { reason: 'number_unknown' }],
  ])('changes with %s', (_what, version, change) => {
    expect(etagOf(version, { ...fresh, ...change })).not.toBe(tag)
  })
})

describe('a reader who has an answer already', () => {
  test.each([
    ['the same tag', tag],
    ['the same tag without W/, as some caches send it', tag.slice(2)],
    ['a list with the tag in it', `"other", ${tag},W/"third"`],
    ['a list without spaces, with a comma inside a tag', `"a,b",${tag}`],
    ['anything at all', ' * '],
    ['with what Apache adds when it compresses', tag.replace(/"$/, '-gzip"')],
    ['the same without W/', tag.slice(2).replace(/"$/, '-br"')],
    ['with two of them', tag.replace(/"$/, '-gzip-gzip"')],
    ['with Jetty’s', tag.replace(/"$/, '--gzip"')],
    ['with LiteSpeed’s', tag.replace(/"$/, ';gzip"')],
    ['with it behind the quotes', `${tag.slice(2)}-gzip`],
    ['with Caddy’s, in a list', `"other-zstd", ${tag.replace(/"$/, '-zstd"')}`],
  ])('is told that nothing changed: %s', (_what, header) => {
    expect(matchesEtag(header, tag)).toBe(true)
  })

  test.each([
    ['no tag', undefined],
    ['an empty one', ''],
    ['another tag', 'W/"other"'],
    ['another tag, compressed', 'W/"other-gzip"'],
    ['the tag of a part', tag.replace(/"$/, '-part"')],
    ['nothing but a coding', 'W/"-gzip"'],
    ['the tag without quotes', tag.slice(3, -1)],
    ['a longer tag that contains it', `"x${tag.slice(3, -1)}"`],
  ])('gets the answer: %s', (_what, header) => {
    expect(matchesEtag(header, tag)).toBe(false)
  })
})

import { languages } from '@jejak/contract'
import { expect, test } from 'vitest'
import { findWidgetFile } from '../public/widget-file.ts'

/** 20 kB with three languages. */
const bytesMax = 14_600 + 1_800 * languages.length

test(`the widget weighs at most ${bytesMax / 1000} kB as it travels, and brings no parser along`, () => {
  const widget = findWidgetFile()!
  console.log(`widget: ${widget.plain.length} bytes, gzip ${widget.gzip.length}, brotli ${widget.brotli.length}`)
  expect(widget.gzip.length).toBeLessThanOrEqual(bytesMax)
  expect(widget.plain.toString()).not.toMatch(/\bZod|safeParse|\beval\(|new Function/)
})

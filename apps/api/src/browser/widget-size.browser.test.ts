import { expect, test } from 'vitest'
import { findWidgetFile } from '../public/widget-file.ts'

/** Each language takes about 1.8 kB of it. */
const bytesMax = 20_000

test(`the widget weighs at most ${bytesMax / 1000} kB as it travels, and brings no parser along`, () => {
  const widget = findWidgetFile()!
  console.log(`widget: ${widget.plain.length} bytes, gzip ${widget.gzip.length}, brotli ${widget.brotli.length}`)
  expect(widget.gzip.length).toBeLessThanOrEqual(bytesMax)
  expect(widget.plain.toString()).not.toMatch(/\bZod|safeParse|\beval\(|new Function/)
})

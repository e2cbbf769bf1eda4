import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { brotliCompressSync, gzipSync } from 'node:zlib'

/** The built widget as it travels; `version` is the hash that addresses of pages carry. */
export type WidgetFile = { plain: Buffer; gzip: Buffer; brotli: Buffer; version: string }

const versionLength = 12

/** The widget as `vite build` left it, or null where it was not built. */
export const findWidgetFile = (path = new URL('../../dist/widget.js', import.meta.url)): WidgetFile | null => {
  try {
    const plain = readFileSync(path)
    const version = createHash('sha256').update(plain).digest('hex').slice(0, versionLength)
    return { plain, gzip: gzipSync(plain, { level: 9 }), brotli: brotliCompressSync(plain), version }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { brotliCompressSync, gunzipSync, gzipSync } from 'node:zlib'

/** The built widget as it travels, compressed when first asked for; `version` is the hash that addresses of pages carry. */
export type WidgetFile = {
  readonly plain: Buffer
  readonly gzip: Buffer
  readonly brotli: Buffer
  readonly version: string
}

const versionLength = 12

/** The build's own gzip of a file, if it is of this very file. */
const findPacked = (path: URL, plain: Buffer): Buffer | undefined => {
  try {
    const packed = readFileSync(new URL(`${path.href}.gz`))
    return gunzipSync(packed, { maxOutputLength: plain.length }).equals(plain) ? packed : undefined
  } catch {
    return undefined
  }
}

/** The widget as `vite build` left it, or null where it was not built. */
export const findWidgetFile = (
  path = new URL('../../../widget/dist/widget.js', import.meta.url),
): WidgetFile | null => {
  try {
    const plain = readFileSync(path)
    const version = createHash('sha256').update(plain).digest('hex').slice(0, versionLength)
    let gzip: Buffer | undefined
    let brotli: Buffer | undefined
    return {
      plain,
      version,
      get gzip() {
        gzip ??= findPacked(path, plain) ?? gzipSync(plain, { level: 9 })
        return gzip
      },
      get brotli() {
        brotli ??= brotliCompressSync(plain)
        return brotli
      },
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

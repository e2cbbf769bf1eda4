import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipAsync } from '@gfx/zopfli'
import { inOneLine } from '@jejak/tracking-page/html.ts'
import { packTable } from '@jejak/tracking-page/words/pack-table.ts'
import { defineConfig, type Plugin } from 'vite'

/** Puts something smaller in place of what a browser need not read as it was written. */
const shrink: Plugin = {
  name: 'shrink',
  enforce: 'pre',
  transform: (code, id) => {
    if (id.endsWith('/words/table.ts')) return packTable()
    return id.includes('/src/templates/') ? inOneLine(code) : undefined
  },
}

/** The gzip that travels, packed once with patience: Node's own is 7 % larger. */
const packGzip: Plugin = {
  name: 'pack-gzip',
  writeBundle: async ({ dir = '' }, bundle) => {
    for (const file of Object.values(bundle)) {
      if (file.type !== 'chunk') continue
      const packed = await gzipAsync(Buffer.from(file.code), { numiterations: 60 })
      await writeFile(join(dir, `${file.fileName}.gz`), packed)
    }
  },
}

// One classic script, so that `<script src="…/widget.js">` works on any page and can tell where it came from.
export default defineConfig({
  plugins: [shrink, packGzip],
  build: {
    target: ['chrome123', 'safari17.5', 'firefox120'],
    lib: { entry: 'src/main.ts', formats: ['iife'], name: 'jejakTracking', fileName: () => 'widget.js' },
  },
})

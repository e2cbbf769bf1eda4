import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipAsync } from '@gfx/zopfli'
import { table } from '@jejak/tracking-page/words/table.ts'
import { defineConfig, type Plugin } from 'vite'

const rows = Object.entries(table).filter(([word]) => !/^(page|calendar)_/.test(word))
const columns = (['en', 'ms', 'zh'] as const).flatMap((language) => rows.map(([, row]) => row[language])).join('|')
const words = rows.map(([word]) => word).join(' ')

/** The table by language instead of by word compresses better; the words of page and calendar stay out. */
const packTable: Plugin = {
  name: 'pack-table',
  transform: (_code, id) =>
    id.endsWith('/words/table.ts')
      ? `const columns = ${JSON.stringify(columns)}.split('|')
         const at = (index) => columns[index]
         export const table = Object.fromEntries('${words}'.split(' ')
           .map((word, index) => [word, { en: at(index), ms: at(index + ${rows.length}), zh: at(index + ${2 * rows.length}) }]))`
      : undefined,
}

/** Indentation and the ends of lines inside templates are no use to a browser; between words one space is. */
const unindentTemplates: Plugin = {
  name: 'unindent-templates',
  enforce: 'pre',
  transform: (code, id) =>
    id.includes('/widget/src/templates/') ? code.replaceAll(/\n\s+(?=<)/g, '').replaceAll(/\n\s+/g, '\n') : undefined,
}

/** The gzip that travels, packed once with patience: Node's own is 7 % larger (19,972 bytes against 18,494). */
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
  plugins: [packTable, unindentTemplates, packGzip],
  build: {
    target: ['chrome123', 'safari17.5', 'firefox120'],
    lib: { entry: 'src/main.ts', formats: ['iife'], name: 'jejakTracking', fileName: () => 'widget.js' },
  },
})

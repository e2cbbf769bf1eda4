import { defineConfig, type Plugin } from 'vite'
import { table } from './src/words/table.ts'

const rows = Object.entries(table).filter(([word]) => !/^(page|calendar)_/.test(word))
const columns = (['en', 'ms', 'zh'] as const).flatMap((language) => rows.map(([, row]) => row[language])).join('|')
const startOf = (word: string): string => word.split('_')[0] ?? ''

/** `status_pending _collected` for `status_pending status_collected`: what begins with `_` begins like the word before it. */
const words = rows
  .map(([word], at) => (startOf(word) === startOf(rows[at - 1]?.[0] ?? '') ? word.slice(startOf(word).length) : word))
  .join(' ')

/** The table by language instead of by word compresses better; the words of page and calendar stay out. */
const packTable: Plugin = {
  name: 'pack-table',
  transform: (_code, id) =>
    id.endsWith('/words/table.ts')
      ? `const columns = ${JSON.stringify(columns)}.split('|')
         const at = (index) => columns[index]
         let start = ''
         export const table = Object.fromEntries('${words}'.split(' ').map((word, index) => {
           const end = word.replace(/^[a-z]+/, (own) => ((start = own), ''))
           return [start + end, { en: at(index), ms: at(index + ${rows.length}), zh: at(index + ${2 * rows.length}) }]
         }))`
      : undefined,
}

/** Indentation and the ends of lines inside templates are no use to a browser; between words one space is. */
const unindentTemplates: Plugin = {
  name: 'unindent-templates',
  enforce: 'pre',
  transform: (code, id) =>
    id.includes('/widget/templates/') ? code.replaceAll(/\n\s+(?=<)/g, '').replaceAll(/\n\s+/g, '\n') : undefined,
}

// One classic script, so that `<script src="…/widget.js">` works on any page and can tell where it came from.
export default defineConfig({
  plugins: [packTable, unindentTemplates],
  build: {
    target: ['chrome123', 'safari17.5', 'firefox120'],
    lib: { entry: 'widget/main.ts', formats: ['iife'], name: 'jejakTracking', fileName: () => 'widget.js' },
  },
})

import { defineConfig, type Plugin } from 'vite'
import { table } from './src/words/table.ts'

const rows = Object.entries(table).filter(([word]) => !/^(page|calendar)_/.test(word))
const column = (language: 'en' | 'ms' | 'zh'): string =>
  `${JSON.stringify(rows.map(([, row]) => row[language]).join('|'))}.split('|')`

/** The table by language instead of by word compresses better; the words of page and calendar stay out. */
const packTable: Plugin = {
  name: 'pack-table',
  transform: (_code, id) =>
    id.endsWith('/words/table.ts')
      ? `const en = ${column('en')}, ms = ${column('ms')}, zh = ${column('zh')}
         export const table = Object.fromEntries('${rows.map(([word]) => word).join(' ')}'.split(' ')
           .map((word, index) => [word, { en: en[index], ms: ms[index], zh: zh[index] }]))`
      : undefined,
}

/** Indentation inside templates is no use to a browser. */
const unindentTemplates: Plugin = {
  name: 'unindent-templates',
  enforce: 'pre',
  transform: (code, id) => (id.includes('/widget/templates/') ? code.replaceAll(/\n\s+/g, '\n') : undefined),
}

// One classic script, so that `<script src="…/widget.js">` works on any page and can tell where it came from.
export default defineConfig({
  plugins: [packTable, unindentTemplates],
  build: {
    target: ['chrome123', 'safari17.5', 'firefox120'],
    lib: { entry: 'widget/main.ts', formats: ['iife'], name: 'jejakTracking', fileName: () => 'widget.js' },
  },
})

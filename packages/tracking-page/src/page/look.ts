import { readFileSync } from 'node:fs'

const read = (file: string): string => readFileSync(new URL(file, import.meta.url), 'utf8')
const smaller = (css: string): string => css.replace(/\/\*.*?\*\//gs, '').replace(/\n\s*/g, ' ')

/** The style of the page and of what stands in the widget's place until it runs, as one text. */
export const pageLook = smaller(read('../look.css') + read('./page.css'))

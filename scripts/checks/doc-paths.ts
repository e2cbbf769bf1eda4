import { dirname, join, normalize } from 'node:path/posix'

const roots = 'apps|packages|scripts|docs|bench|e2e|examples|\\.ci'
const inBackticks = new RegExp(`\`((?:${roots})/[^\`\\s]*)\``, 'g')
const inLinks = /\]\(([^)\s]+)\)/g
const isPattern = (path: string) => /[*<>{}…]|\/generated(\/|$)/.test(path)
const withoutPosition = (path: string) => path.replace(/(#.*|:\d+(-\d+)?)$/, '').replace(/\/$/, '')

/** Repository paths that a Markdown text cites, in backticks or as relative links; patterns and web addresses are left out. */
export function citedPaths(document: string, text: string): string[] {
  const quoted = [...text.matchAll(inBackticks)].map(([, path = '']) => path)
  const linked = [...text.matchAll(inLinks)]
    .map(([, target = '']) => target)
    .filter((target) => !/^(\w+:|#|\/)/.test(target))
    .map((target) => normalize(join(dirname(document), target)))
  return [...new Set([...quoted, ...linked].filter((path) => !isPattern(path)).map(withoutPosition))]
}

import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { TestProject } from 'vitest/node'
import { unpackChromium } from './unpack-chromium.ts'

declare module 'vitest' {
  interface ProvidedContext {
    browser: { readonly executablePath: string; readonly env: Record<string, string> }
  }
}

const web = fileURLToPath(new URL('../../../../widget', import.meta.url))

const fontsConfig = (
  folder: string,
  fonts: string,
): string => `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
<dir>${fonts}</dir><dir>/usr/share/fonts</dir><cachedir>${folder}/cache</cachedir>
<alias><family>system-ui</family><prefer><family>Open Sans</family></prefer></alias>
<alias><family>sans-serif</family><prefer><family>Open Sans</family></prefer></alias>
</fontconfig>`

/** Builds the widget as it is now, and unpacks the browser that comes from npm, once for all files. */
export default async ({ provide }: TestProject): Promise<() => Promise<void>> => {
  // Under vitest's own NODE_ENV, packages would resolve to their development builds.
  const env = { ...process.env, NODE_ENV: 'production' }
  await promisify(execFile)(join(web, 'node_modules/.bin/vite'), ['build', '--logLevel', 'error'], { cwd: web, env })
  const { executablePath, fonts, env: libraries } = await unpackChromium()
  const folder = await mkdtemp(join(tmpdir(), 'jejak-browser-'))
  const fontsFile = join(folder, 'fonts.conf')
  await writeFile(fontsFile, fontsConfig(folder, fonts))
  provide('browser', { executablePath, env: { ...libraries, FONTCONFIG_FILE: fontsFile } })
  return () => rm(folder, { recursive: true, force: true })
}

import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export type ForeignPage = { url: string; close: () => Promise<void> }

const style = `:root { color-scheme: light dark } body { margin: 0; font: 16px/1.5 Georgia, serif }
header { padding: 20px 32px; font-size: 20px; font-weight: 600; background: #2f5d50; color: #fff } main { max-width: 760px; margin: 0 auto; padding: 24px 32px 40px }`
const styleHash = createHash('sha256').update(style).digest('base64')

/** A shop's own page, on another origin, that allows nothing but its own style, Jejak's script and Jejak's answers. */
export const serveForeignPage = async (jejak: string, element: string): Promise<ForeignPage> => {
  const server = createServer((_request, response) => {
    response.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `default-src 'none'; script-src ${jejak}; connect-src ${jejak}; img-src data:; style-src 'sha256-${styleHash}'`,
    })
    response.end(
      `<!doctype html><html lang="en"><head><title>Shop</title><link rel="icon" href="data:,"><style>${style}</style><script src="${jejak}/widget.js" async></script></head><body><header>Teh Tarik &amp; Co</header><main><h1>Status</h1>${element}</main></body></html>`,
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export type ForeignPage = { url: string; close: () => Promise<void> }

/** A shop's own page, on another origin, that allows nothing but Jejak's script and Jejak's answers. */
export const serveForeignPage = async (jejak: string, element: string): Promise<ForeignPage> => {
  const server = createServer((_request, response) => {
    response.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `default-src 'none'; script-src ${jejak}; connect-src ${jejak}; img-src data:`,
    })
    response.end(
      `<!doctype html><html lang="en"><head><title>Shop</title><link rel="icon" href="data:,"><script src="${jejak}/widget.js" async></script></head><body><main><h1>Our shop</h1>${element}</main></body></html>`,
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

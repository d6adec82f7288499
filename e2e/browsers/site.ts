// Where the tabs go: one origin with the test page, and another origin that remembers every header it ever sees.
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const root = fileURLToPath(new URL('../../', import.meta.url))

export type Site = {
  /** The pages' origin. `/` is the test page, `/elsewhere` a page with nothing on it, `/worker.js` its worker. */
  readonly origin: string
  /** Another origin, which allows every page to send it every header. */
  readonly stranger: string
  /** What the stranger was sent: one entry a request. */
  readonly overheard: { readonly method: string; readonly headers: IncomingHttpHeaders }[]
  readonly close: () => Promise<void>
}

/** `page`: the module, beside this one or by a path from here, whose script the test page runs. */
export async function openSite(page = 'page.ts'): Promise<Site> {
  const scripts = new Map([
    ['/page.js', await bundle(page)],
    ['/worker.js', await bundle('worker.ts')],
  ])
  const pages = createServer(({ url = '/' }, response) => {
    const { pathname } = new URL(url, 'http://page')
    const script = scripts.get(pathname)
    if (script !== undefined) return void response.setHeader('Content-Type', 'text/javascript').end(script)
    const isPage = pathname === '/'
    response.setHeader('Content-Type', 'text/html')
    response.end(
      `<!doctype html><title>${pathname}</title><main></main>${isPage ? '<script src="/page.js"></script>' : ''}`,
    )
  })
  const overheard: Site['overheard'] = []
  const others = createServer(({ method = '', headers }, response) => {
    overheard.push({ method, headers })
    response.writeHead(200, {
      'Access-Control-Allow-Origin': headers.origin ?? '*',
      'Access-Control-Allow-Credentials': 'true',
      'Access-Control-Allow-Headers': 'authorization, x-latchkey, content-type',
      'Content-Type': 'application/json',
    })
    response.end('{}')
  })
  const [origin, stranger] = [await listen(pages), await listen(others)]
  return {
    origin,
    stranger,
    overheard,
    async close() {
      for (const server of [pages, others]) await stop(server)
    },
  }
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function stop(server: Server): Promise<void> {
  server.close()
  server.closeAllConnections()
  await once(server, 'close')
}

/** A script with the client built in, from the sources; `entry` beside this file, or a `file:` URL. */
export async function bundle(entry: string): Promise<string> {
  const built = await build({
    configFile: false,
    root,
    logLevel: 'error',
    define: { 'process.env.NODE_ENV': '"production"' },
    resolve: {
      alias: [{ find: /^@latchkey\/core(\/.+)?$/, replacement: `${root}packages/core/src$1` }],
    },
    build: {
      write: false,
      minify: false,
      lib: { entry: fileURLToPath(new URL(entry, import.meta.url)), formats: ['iife'], name: 'page' },
    },
  })
  const [output] = Array.isArray(built) ? built : [built]
  const code = output !== undefined && 'output' in output ? output.output[0].code : null
  if (code === null) throw new Error('Vite built no script for the test page.')
  return code
}

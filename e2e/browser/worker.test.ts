// The law of a refresh token in a worker: whatever a script in the page could dig up, it is not there. The page's whole
// heap is searched, and the same search finds the token of a page that keeps it itself.
import { chromium, type Browser, type Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromiumArguments, findChromium } from '../../scripts/chromium.mjs'
import { openBackend, type Backend } from '../browsers/backend.js'
import { openSite, type Site } from '../browsers/site.js'

let site: Site
let backend: Backend
let browser: Browser
let people = 0

beforeAll(async () => {
  site = await openSite()
  backend = await openBackend(site.origin, 600, 'body')
  browser = await chromium.launch({ executablePath: findChromium() ?? 'chromium', args: chromiumArguments })
})
afterAll(async () => {
  await browser.close()
  await backend.close()
  await site.close()
})

async function openPage(setting: 'stored' | 'worker'): Promise<Page> {
  const page = await (await browser.newContext()).newPage()
  await page.goto(`${site.origin}/?api=${encodeURIComponent(backend.url)}&${setting}`)
  const email = `ada${++people}@example.com`
  backend.forget()
  await page.evaluate(
    async (input) => {
      await window.auth.register(input)
      await window.auth.refresh()
      await window.auth.refresh()
    },
    { email, password: 'correct horse battery staple' },
  )
  return page
}

/** Every string and object that the page's own part of the browser holds. */
async function heapOf(page: Page): Promise<string> {
  const devtools = await page.context().newCDPSession(page)
  const parts: string[] = []
  devtools.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => void parts.push(chunk))
  await devtools.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false })
  return parts.join('')
}

describe('PEERS “RT isolated in a worker”', () => {
  it('C2 the heap of the page holds no refresh token, and that of a page without a worker does', async () => {
    const [plain, plainTokens] = [await openPage('stored'), backend.refreshTokens()]
    const heap = await heapOf(plain)
    expect(plainTokens.length).toBe(3)
    expect(plainTokens.some((token) => heap.includes(token))).toBe(true)

    const [isolated, tokens] = [await openPage('worker'), backend.refreshTokens()]
    const guarded = await heapOf(isolated)
    expect(tokens.length).toBe(3)
    expect(guarded).toMatch(/held-[0-9a-f]{32}/)
    expect(tokens.filter((token) => guarded.includes(token))).toEqual([])
  })

  it('C3 the worker sends a token to its own paths only, whatever the page asks of it', async () => {
    const page = await openPage('worker')
    site.overheard.length = 0
    const answers = await page.evaluate(
      async ([stranger, api]) => {
        const worker = new Worker(`/worker.js?${new URLSearchParams({ api })}`)
        const ask = (url: string, body: string): Promise<string> =>
          new Promise((resolve) => {
            const { port1, port2 } = new MessageChannel()
            port1.onmessage = ({ data }) => resolve(JSON.stringify(data))
            const init = { method: 'POST', credentials: 'omit', cache: 'no-store', keepalive: false }
            worker.postMessage({ url, init, headers: [['Content-Type', 'application/json']], body }, [port2])
          })
        const email = `eve${Math.random()}@example.com`
        const grant = await ask(
          `${api}/auth/register`,
          JSON.stringify({ email, password: 'correct horse battery staple' }),
        )
        const [placeholder = ''] = /held-[0-9a-f]{32}/.exec(grant) ?? []
        const stolen = JSON.stringify({ refresh_token: placeholder })
        return [
          grant,
          await ask(`${stranger}/auth/refresh`, stolen),
          await ask(`${api}/api/hello`, stolen),
          await ask(`${api}/auth/refresh`, stolen),
        ]
      },
      [site.stranger, backend.url.replace(/\/$/, '')] as const,
    )
    expect(answers.map((answer) => 'failure' in (JSON.parse(answer) as object))).toEqual([false, true, true, false])
    for (const token of backend.refreshTokens()) expect(answers.join()).not.toContain(token)
    expect(site.overheard).toEqual([])
  })
})

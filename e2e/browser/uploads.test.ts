// Uploads that meet a spent token, and a session that comes back with the network: a real Chromium, the real server.
import { createHash, randomUUID } from 'node:crypto'
import type { BrowserContext, Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type ElsewhereStage, openElsewhereStage, shows, type Transport } from './elsewhere-stage.js'

const content = Buffer.alloc(3_000_000, 'the quick brown fox jumps over the lazy dog. ')
const sha256 = createHash('sha256').update(content).digest('hex')

type Received = { readonly bytes: number; readonly sha256: string; readonly type: string | null }

describe.each(['cookie', 'cookie-only'] as const satisfies readonly Transport[])(
  'with TOKEN_TRANSPORT=%s',
  (transport) => {
    let stage: ElsewhereStage
    let context: BrowserContext
    let page: Page

    beforeAll(async () => {
      stage = await openElsewhereStage(transport)
    })
    afterAll(() => stage.close())
    beforeEach(async () => {
      context = await stage.browser.newContext()
      page = await context.newPage()
      await page.goto(stage.address)
      await shows(page, 'unauthenticated')
      await page.evaluate((input) => window.latchkeyClient.register(input), {
        email: `${randomUUID()}@example.com`,
        password: 'correct horse battery staple',
      })
      await shows(page, 'signed in')
    })
    afterEach(() => context.close())

    /** The server no longer takes the access token, and the page does not know. */
    async function spend(): Promise<void> {
      stage.advance(11 * 60_000)
      await context.clearCookies({ name: 'latchkey_access' })
    }

    /** Picks the file as a person does, and sends what the page makes of it; with what the server was asked meanwhile. */
    async function upload(kind: 'File' | 'FormData' | 'Blob' | 'ArrayBuffer') {
      await page.evaluate(() => document.body.insertAdjacentHTML('beforeend', '<input type="file" />'))
      await page.setInputFiles('input[type=file]', { name: 'fox.txt', mimeType: 'text/x-fox', buffer: content })
      const asked: string[] = []
      page.on('response', (response) => {
        if (response.request().method() === 'POST')
          asked.push(`${response.status()} ${new URL(response.url()).pathname}`)
      })
      const received = await page.evaluate(async (how): Promise<Received> => {
        const file = document.querySelector<HTMLInputElement>('input[type=file]')?.files?.[0]
        if (file === undefined) throw new Error('No file was picked.')
        const form = new FormData()
        form.set('note', 'with a name')
        form.set('file', file)
        const bodies = { File: file, FormData: form, Blob: file.slice(0, file.size, 'text/x-fox') }
        const body = how === 'ArrayBuffer' ? await file.arrayBuffer() : bodies[how]
        const { latchkeyClient: client } = window
        const response = await client.fetch(`${client.baseURL}api/upload`, { method: 'POST', body })
        return (await response.json()) as Received
      }, kind)
      return { received, asked }
    }

    const replayed = ['401 /api/upload', '200 /auth/refresh', '200 /api/upload']

    it.each(['File', 'Blob', 'ArrayBuffer'] as const)(
      'C13, C14: a %s is sent once more, byte for byte, when the token was spent',
      async (kind) => {
        await spend()
        const { received, asked } = await upload(kind)
        expect(received).toEqual({ bytes: content.length, sha256, type: kind === 'ArrayBuffer' ? null : 'text/x-fox' })
        expect(asked.filter((each) => !each.endsWith('/ack'))).toEqual(replayed)
      },
    )

    it('C13, C14: a FormData with a file is sent once more with all its parts, when the token was spent', async () => {
      const whole = await upload('FormData')
      expect(whole.asked).toEqual(['200 /api/upload'])
      await spend()
      const { received, asked } = await upload('FormData')
      // The boundary is another for each sending, and of one length.
      expect(received.bytes).toBe(whole.received.bytes)
      expect(received.bytes).toBeGreaterThan(content.length)
      expect(received.type).toMatch(/^multipart\/form-data; boundary=/)
      expect(asked.slice(-3).filter((each) => !each.endsWith('/ack'))).toEqual(replayed)
    })

    it('F1, C21: the network’s return brings a failing session back by its event, while every timer stands still', async () => {
      await page.clock.install()
      await page.reload()
      await shows(page, 'signed in')
      await context.setOffline(true)
      const status = () => page.evaluate(() => window.latchkeyClient.$refresh.get().status)
      await page.evaluate(() => void window.latchkeyClient.refresh().catch(() => undefined))
      await expect.poll(status, { timeout: 30_000 }).toBe('failing')
      // From here on time moves by hand: until the next attempt lies ahead, and then not at all.
      await page.clock.pauseAt(await page.evaluate(() => Date.now() + 5_000))
      const look = () =>
        page.evaluate(() => {
          const { status: how, nextAttemptAt } = window.latchkeyClient.$refresh.get()
          return how === 'failing' && (nextAttemptAt ?? 0) > Date.now()
        })
      while (!(await look())) await page.clock.runFor(50)
      await context.setOffline(false)
      await expect.poll(status, { timeout: 30_000 }).toBe('idle')
      await shows(page, 'signed in')
    })
  },
)

// Breached passwords: what leaves this machine, what a range says, and that nobody waits for a server that is down.
import { createHash } from 'node:crypto'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createMemoryStore } from '@latchkey/engine'
import { describe, expect, test } from 'vitest'
import { createBreachedPasswords } from '../src/breached-passwords.js'
import { loadConfig } from '../src/config.js'
import { aServer } from './settings.js'
import { aMember, aVisitor, password } from './visitor.js'

const leaked = 'Leaked Long Ago, Friend'
const sha1 = (text: string) => createHash('sha1').update(text).digest('hex').toUpperCase()
const padding = `${'0'.repeat(34)}1:0`

type Seen = { readonly url: string; readonly text: string }

/** A range server: real HTTP on a free port, and everything that it was sent. */
async function withRange<Result>(
  answer: RequestListener,
  work: (at: { readonly url: string; readonly seen: readonly Seen[] }) => Promise<Result>,
): Promise<Result> {
  const seen: Seen[] = []
  const server = createServer((request, response) => {
    const { method, url = '', rawHeaders } = request
    seen.push({ url, text: [method, url, ...rawHeaders].join('\n') })
    answer(request, response)
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  try {
    return await work({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/range`, seen })
  } finally {
    server.closeAllConnections()
    await new Promise((resolve) => void server.close(resolve))
  }
}

/** Knows one password, and pads what it says with others that count zero. */
const knowing =
  (known: string, count: number): RequestListener =>
  ({ url }, response) => {
    const digest = sha1(known)
    const own = url === `/range/${digest.slice(0, 5)}` ? [`${digest.slice(5)}:${count}`] : []
    response.writeHead(200, { 'content-type': 'text/plain' }).end([padding, ...own].join('\r\n'))
  }

describe('B19: a password is looked up in breaches', () => {
  test('by five hex digits of its digest, with padding, and nothing else of it leaves', async () => {
    await withRange(knowing(leaked, 3), async ({ url, seen }) => {
      const isBreached = createBreachedPasswords({ url })
      expect(await isBreached(leaked)).toBe(true)
      expect(await isBreached(`${leaked}!`)).toBe(false)
      expect(seen.map((each) => each.url)).toEqual(
        [leaked, `${leaked}!`].map((text) => `/range/${sha1(text).slice(0, 5)}`),
      )
      expect(seen[0]?.text.toLowerCase()).toContain('add-padding\ntrue')
      for (const { text } of seen) {
        for (const secret of ['Leaked', sha1(leaked).slice(5, 12)]) {
          expect(text.toLowerCase()).not.toContain(secret.toLowerCase())
        }
      }
    })
  })

  test('and a line that counts zero is padding, whatever its digest', async () => {
    await withRange(knowing(leaked, 0), async ({ url }) => {
      expect(await createBreachedPasswords({ url })(leaked)).toBe(false)
    })
  })

  test.each<[string, RequestListener]>([
    ['says 503', (_request, response) => void response.writeHead(503).end('busy')],
    ['sends a page', (_request, response) => void response.writeHead(200).end('<html>Sign in to the Wi-Fi</html>')],
    [
      'sends elsewhere',
      (_request, response) => void response.writeHead(302, { location: 'https://example.com/' }).end(),
    ],
    ['hangs up', (request) => void request.socket.destroy()],
    [
      'hangs up in its answer',
      (_request, response) => void response.writeHead(200).write('AB', () => response.destroy()),
    ],
    ['never answers', () => undefined],
    ['never ends', (_request, response) => void response.writeHead(200).write(`${padding}\r\n`)],
    ['sends megabytes', (_request, response) => void response.writeHead(200).end(`${padding}\r\n`.repeat(50_000))],
  ])('and a server that %s lets it pass, and is told of', async (_name, answer) => {
    await withRange(answer, async ({ url }) => {
      const told: unknown[] = []
      const onVerdict = (verdict: string, error: unknown) => void told.push(verdict, error instanceof Error)
      expect(await createBreachedPasswords({ url, timeout: 200, onVerdict })(leaked)).toBe(false)
      expect(told).toEqual(['unavailable', true])
    })
  })

  test('where BREACHED_PASSWORDS_URL is set: register and change refuse it, and metrics count', async () => {
    await withRange(knowing(leaked, 1), async ({ url }) => {
      const server = await aServer({
        store: createMemoryStore(),
        env: { BREACHED_PASSWORDS_URL: url, METRICS_PORT: '0' },
      })
      const body = { email: 'leak@example.com', password: leaked }
      const refused = await aVisitor(server.url).post('/auth/register', body)
      expect(refused).toMatchObject({
        status: 422,
        body: { code: 'weak_password', errors: { password: expect.stringMatching(/data breach/) } },
      })
      const member = await aMember(server.url)
      const change = { current_password: password, new_password: leaked }
      const changed = await member.post('/auth/password/change', change)
      expect(changed).toMatchObject({
        status: 422,
        body: { code: 'weak_password', errors: { new_password: expect.stringMatching(/data breach/) } },
      })
      const metrics = await (await fetch(server.metricsUrl ?? '')).text()
      await server.stop()
      expect(metrics).toContain('latchkey_breach_checks_total{verdict="breached"} 2')
      expect(metrics).toContain('latchkey_breach_checks_total{verdict="clean"} 1')
    })
  })

  test('and where that server is down people register all the same, and the log says so without the password', async () => {
    const lines: string[] = []
    await withRange(
      (request) => void request.socket.destroy(),
      async ({ url }) => {
        const server = await aServer({
          store: createMemoryStore(),
          env: { BREACHED_PASSWORDS_URL: url, METRICS_PORT: '0', LOG_LEVEL: 'info' },
          logStream: { write: (line) => void lines.push(line) },
        })
        const body = { email: 'leak@example.com', password: leaked }
        expect((await aVisitor(server.url).post('/auth/register', body)).status).toBe(201)
        const metrics = await (await fetch(server.metricsUrl ?? '')).text()
        await server.stop()
        expect(metrics).toContain('latchkey_breach_checks_total{verdict="unavailable"} 1')
      },
    )
    expect(lines.filter((line) => line.includes('could not be looked up'))).toHaveLength(1)
    for (const secret of [leaked, sha1(leaked).slice(5)]) expect(lines.join('')).not.toContain(secret)
  })

  test('at an https address only, in production', () => {
    const env = { NODE_ENV: 'production', BREACHED_PASSWORDS_URL: 'http://range.example.com' }
    expect(() => loadConfig(env)).toThrow(/BREACHED_PASSWORDS_URL must be an https/)
  })
})

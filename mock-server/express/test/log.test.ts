// What is written down while people sign in: enough to follow, and nothing that signs anybody in.
import { createMemoryStore, type Passwords } from '@latchkey/engine'
import { expect, it } from 'vitest'
import { createLog } from '../src/log.js'
import { aServer, plainPasswords } from './settings.js'
import { aMember, aVisitor, password } from './visitor.js'

function aSink() {
  const lines: string[] = []
  return { lines, write: (line: string) => void lines.push(line) }
}

it('no token, cookie or password reaches the log, on success, refusal or failure (B38, S36)', async () => {
  const sink = aSink()
  const canary = 'canary-password-4711'
  const passwords: Passwords = {
    ...plainPasswords,
    verify: async (hash, text) => {
      if (text === canary) throw Object.assign(new Error('hashing failed'), { query: 'select', params: [canary, hash] })
      return plainPasswords.verify(hash, text)
    },
  }
  const server = await aServer({ store: createMemoryStore(), logStream: sink, env: { LOG_LEVEL: 'trace' }, passwords })
  const member = await aMember(server.url)
  const first = member.twin()
  await member.post('/auth/refresh')
  await member.go(`/auth/me?access_token=${member.token}`)
  await member.post('/auth/login', { email: member.email, password: 'wrong password' })
  expect((await member.post('/auth/login', { email: member.email, password: canary })).status).toBe(500)
  await aVisitor(server.url, 'latchkey_refresh=planted').post('/auth/refresh')
  await member.post('/auth/logout')
  await server.stop()

  const log = sink.lines.join('')
  const secrets = [
    first.cookie,
    member.cookie,
    first.token,
    member.token,
    password,
    canary,
    'wrong password',
    'planted',
  ]
  const parts = secrets.flatMap((secret) => [secret, secret.split('=')[1] ?? secret, secret.split('.')[2] ?? secret])
  for (const part of parts.filter((each) => each.length > 0)) expect(log).not.toContain(part)
  expect(log).toContain('"path":"/auth/refresh"')
  expect(log).toContain('login_refused')
  expect(log).toContain('hashing failed')
})

it('headers and secrets that an app logs itself are blotted out (B38)', () => {
  const sink = aSink()
  const headers = { authorization: 'Bearer canary', cookie: 'a=canary', 'set-cookie': 'a=canary', host: 'kept' }
  const logger = createLog('info', sink)
  logger.info({
    ...headers,
    headers,
    req: { headers },
    res: { headers },
    body: { password: 'canary', refresh_token: 'canary' },
  })
  expect(sink.lines.join('')).not.toContain('canary')
  expect(sink.lines.join('')).toContain('kept')
})

it('a request has one id, in its reply and in the log, and never the caller’s own words (S36)', async () => {
  const sink = aSink()
  const server = await aServer({ store: createMemoryStore(), logStream: sink, env: { LOG_LEVEL: 'info' } })
  const ids: string[] = []
  for (const path of ['/auth/me', '/nothing', '/openapi.json']) {
    const { headers } = await aVisitor(server.url).go(path, { headers: { 'x-request-id': 'canary' } })
    ids.push(headers.get('x-request-id') ?? '')
  }
  await server.stop()
  expect(new Set(ids).size).toBe(3)
  const logged = sink.lines.map((line) => JSON.parse(line) as { readonly req?: { readonly id: string } })
  expect(logged.flatMap(({ req }) => (req === undefined ? [] : [req.id]))).toEqual(ids)
  expect(sink.lines.join('')).not.toContain('canary')
})

it('a request whose caller is gone is told as aborted, one that was answered as completed (S36)', async () => {
  const sink = aSink()
  const gone = new AbortController()
  let close = (): void => undefined
  const closed = new Promise<void>((resolve) => {
    close = resolve
  })
  const server = await aServer({
    store: createMemoryStore(),
    logStream: sink,
    env: { LOG_LEVEL: 'info' },
    mount: (app) =>
      void app.get('/slow', (_request, response) => {
        response.once('close', close)
        gone.abort()
      }),
  })
  await expect(fetch(`${server.url}/slow`, { signal: gone.signal })).rejects.toThrow('aborted')
  await closed
  await aVisitor(server.url).go('/nothing')
  await server.stop()
  const told = sink.lines.map((line) => JSON.parse(line) as { msg: string; req?: { path: string } })
  expect(told.flatMap(({ msg, req }) => (req === undefined ? [] : [`${req.path} ${msg}`]))).toEqual([
    '/slow request aborted',
    '/nothing request completed',
  ])
})

// What goes over the wire: headers, cookies, CORS, and everything that a stranger may send.
import { createMemoryStore } from '@latchkey/engine'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunningServer } from '../src/start-server.js'
import { aServer } from './settings.js'
import { aMail, aMember, aVisitor, password } from './visitor.js'

const app = 'https://app.example.com'
let server: RunningServer

beforeAll(async () => {
  server = await aServer({
    store: createMemoryStore(),
    env: { PUBLIC_URL: 'https://auth.example.com', ALLOWED_ORIGINS: app },
    mount: (host) => {
      host.get('/broken', () => {
        throw new Error('secret detail')
      })
    },
  })
})
afterAll(() => server.stop())

/** Bytes as they are, which fetch would not send. */
function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect(server.port, '127.0.0.1', () => socket.write(text))
    socket.setEncoding('utf8').on('data', (part) => (answer += part))
    socket.on('close', () => resolve(answer)).on('error', reject)
  })
}

describe('the refresh cookie', () => {
  it('is locked to the host, to https, to http and to the site; the clearing one as well (B7)', async () => {
    const visitor = aVisitor(server.url)
    const { headers } = await visitor.post('/auth/register', { email: aMail(), password })
    expect(headers.get('set-cookie')?.replaceAll(/=[\w-]{43};/g, '=<43>;')).toMatchInlineSnapshot(
      `"__Host-latchkey=<43>; Max-Age=1209600; Path=/; HttpOnly; Secure; SameSite=Strict, __Host-did=<43>; Max-Age=34560000; Path=/; HttpOnly; Secure; SameSite=Strict"`,
    )
    const left = await visitor.post('/auth/logout')
    expect(left.headers.get('set-cookie')).toMatchInlineSnapshot(
      `"__Host-latchkey=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/; HttpOnly; Secure; SameSite=Strict"`,
    )
  })

  it('that comes twice is refused, in one header or in two (B8)', async () => {
    const member = await aMember(server.url)
    const twice = await member.post('/auth/refresh', undefined, { cookie: `${member.cookie}; ${member.cookie}x` })
    expect(twice.status).toBe(400)
    const lines = [
      `cookie: ${member.cookie}`,
      `cookie: ${member.cookie}x`,
      'x-latchkey: 1',
      'host: a',
      'connection: close',
    ]
    expect(await raw(`POST /auth/refresh HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 400 /)
  })
})

describe('headers', () => {
  it('are those of an API that nobody frames, sniffs, renders or stores (B12, B39)', async () => {
    const { headers } = await aVisitor(server.url).go('/auth/me')
    const shown = [...headers].filter(([name]) => !['date', 'content-length', 'x-request-id'].includes(name))
    expect(Object.fromEntries(shown)).toMatchInlineSnapshot(`
      {
        "access-control-allow-credentials": "true",
        "access-control-expose-headers": "WWW-Authenticate,Retry-After,Date,X-Request-Id",
        "cache-control": "no-store",
        "connection": "keep-alive",
        "content-security-policy": "default-src 'none';frame-ancestors 'none'",
        "content-type": "application/problem+json",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "keep-alive": "timeout=5",
        "origin-agent-cluster": "?1",
        "referrer-policy": "no-referrer",
        "strict-transport-security": "max-age=31536000; includeSubDomains",
        "vary": "Origin",
        "www-authenticate": "Bearer",
        "x-content-type-options": "nosniff",
        "x-dns-prefetch-control": "off",
        "x-download-options": "noopen",
        "x-frame-options": "DENY",
        "x-permitted-cross-domain-policies": "none",
        "x-xss-protection": "0",
      }
    `)
  })

  it.each(['/auth/me', '/auth/refresh', '/auth/nothing', '/nothing', '/broken'])(
    '%s is never stored (B12, S48)',
    async (path) => {
      for (const method of ['GET', 'POST']) {
        const { headers } = await aVisitor(server.url).go(path, { method })
        expect(headers.get('cache-control')).toBe('no-store')
        expect(headers.get('x-powered-by')).toBeNull()
      }
    },
  )
})

describe('CORS', () => {
  const hostile = ['null', 'https://app.example.com.evil.com', 'https://evilapp.example.com', 'http://app.example.com',
    'https://app.example.com:444', 'https://APP.example.com', 'https://app.example.com/', 'https://sub.app.example.com',
    'https://app.example.co', 'file://'] // oxfmt-ignore

  it.each(hostile)('does not let %s read or act (B11, S29)', async (origin) => {
    const member = await aMember(server.url)
    for (const method of ['OPTIONS', 'POST']) {
      const { status, headers } = await member.twin().go('/auth/refresh', { method, headers: { origin } })
      expect(status).toBe(method === 'POST' ? 403 : 204)
      expect(headers.get('access-control-allow-origin')).toBeNull()
      expect(headers.get('vary')).toContain('Origin')
    }
  })

  it('lets exactly the listed origin read, with credentials and the headers that a client needs (B11)', async () => {
    const { status, headers } = await aVisitor(server.url).go('/auth/me', { headers: { origin: app } })
    const cors = [...headers].filter(([name]) => name.startsWith('access-control') || name === 'vary')
    expect([status, Object.fromEntries(cors)]).toMatchInlineSnapshot(`
      [
        401,
        {
          "access-control-allow-credentials": "true",
          "access-control-allow-origin": "https://app.example.com",
          "access-control-expose-headers": "WWW-Authenticate,Retry-After,Date,X-Request-Id",
          "vary": "Origin",
        },
      ]
    `)
  })

  it('answers the preflight of a page of the app (B11)', async () => {
    const asked = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-latchkey' }
    const { status, headers } = await aVisitor(server.url).go('/auth/refresh', {
      method: 'OPTIONS',
      headers: { origin: app, ...asked },
    })
    const cors = [...headers].filter(([name]) => name.startsWith('access-control'))
    expect([status, Object.fromEntries(cors)]).toMatchInlineSnapshot(`
      [
        204,
        {
          "access-control-allow-credentials": "true",
          "access-control-allow-headers": "authorization,content-type,last-event-id,x-latchkey",
          "access-control-allow-methods": "GET,HEAD,POST,PUT,PATCH,DELETE",
          "access-control-allow-origin": "https://app.example.com",
          "access-control-expose-headers": "WWW-Authenticate,Retry-After,Date,X-Request-Id",
          "access-control-max-age": "600",
        },
      ]
    `)
  })
})

describe('a body', () => {
  const send = async (body: BodyInit, headers: Record<string, string> = {}) => {
    const response = await fetch(`${server.url}/auth/login`, { method: 'POST', body, headers })
    return [response.status, ((await response.json()) as { code: string }).code]
  }
  const json = { 'content-type': 'application/json' }

  it('is JSON or refused, whatever a form could send (B10)', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/json-p',
      '',
    ]) {
      expect(await send('{"email":"a@example.com","password":"x"}', { 'content-type': type })).toEqual([
        415,
        'unsupported_media_type',
      ])
    }
    expect(await send('{}', { 'content-type': 'application/json; charset=utf-16' })).toEqual([
      415,
      'unsupported_media_type',
    ])
    expect(await send('{}', { ...json, 'content-encoding': 'gzip' })).toEqual([415, 'unsupported_media_type'])
  })

  it('that is broken is a 400 (B35, S4, S5, S6)', async () => {
    expect(await send('{"email":', json)).toEqual([400, 'bad_request'])
    expect(await send(Uint8Array.of(0x22, 0xff, 0x22), json)).toEqual([400, 'bad_request'])
    expect(await send('['.repeat(8_000) + ']'.repeat(8_000), json)).toEqual([400, 'bad_request'])
    expect(await send(JSON.stringify({ email: 'a@example.com', password: 'a\0b' }), json)).toEqual([400, 'bad_request'])
    expect(await send(String.raw`{"email":"a@example.com","password":"\ud800"}`, json)).toEqual([400, 'bad_request'])
  })

  it('of more than 16 KB is refused before it is read, and the connection ends (B35, S3)', async () => {
    expect(await send('x'.repeat(17_000), json)).toEqual([413, 'payload_too_large'])
    const head = 'POST /auth/login HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n'
    expect(await raw(`${head}content-length: 1000000000\r\n\r\n{`)).toMatch(/^HTTP\/1\.1 413 /)
    const endless = `4000\r\n${'x'.repeat(0x4000)}\r\n`.repeat(3)
    expect(await raw(`${head}transfer-encoding: chunked\r\n\r\n${endless}`)).toMatch(/^HTTP\/1\.1 413 /)
  })

  it('cannot choose a role, an id or a prototype (B33, S32)', async () => {
    for (const more of [{ role: 'admin' }, { id: '1' }, { email_verified: true }]) {
      const { status } = await aVisitor(server.url).post('/auth/register', { email: aMail(), password, ...more })
      expect(status).toBe(422)
    }
    expect(
      await send(`{"email":"${aMail()}","password":"${password}","__proto__":{"role":"admin"}}`, json),
    ).not.toEqual([200, ''])
  })
})

describe('a stranger', () => {
  it('learns nothing from an error: no stack, no message (B37)', async () => {
    const { status, body } = await aVisitor(server.url).go('/broken')
    expect([status, body['code']]).toEqual([500, 'internal_error'])
    expect(JSON.stringify(body)).not.toContain('secret')
  })

  it.each([
    ['GET /auth/login HTTP/1.1', 405],
    ['DELETE /auth/sessions/%E0%A4%A HTTP/1.1', 400],
    ['GET /auth/me?a=1&a=2&__proto__=x HTTP/1.1', 401],
    ['GET http://[/auth/me HTTP/1.1', 404],
    ['GET //auth/me HTTP/1.1', 404],
    ['GET /AUTH/ME HTTP/1.1', 404],
    ['GET /auth/me/ HTTP/1.1', 404],
  ])('%s gets %i, and never a 5xx (B18)', async (line, status) => {
    expect(await raw(`${line}\r\nhost: a\r\nconnection: close\r\n\r\n`)).toMatch(
      new RegExp(String.raw`^HTTP/1\.1 ${status} `),
    )
  })

  it('with any Authorization is told 401 with a challenge, two of them included (B17, B18)', async () => {
    const member = await aMember(server.url)
    for (const value of [
      'Bearer',
      'Bearer ',
      'Basic YTpi',
      'bearer \u00ff\u00fe',
      `Bearer ${'a.'.repeat(2_000)}`,
      'Bearer a.b.c',
    ]) {
      const { status, headers } = await member.go('/auth/me', { headers: { authorization: value } })
      expect([status, headers.get('www-authenticate')?.startsWith('Bearer')]).toEqual([401, true])
    }
    const lines = [`authorization: Bearer ${member.token}`, 'authorization: Bearer x', 'host: a', 'connection: close']
    expect(await raw(`GET /auth/me HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 401 /)
  })

  it('that asks for HEAD gets the headers of GET alone', async () => {
    const response = await fetch(`${server.url}/healthz`, { method: 'HEAD' })
    expect([response.status, await response.text()]).toEqual([200, ''])
  })
})

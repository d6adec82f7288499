import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createEngine, createMemoryStore, problemSchema, routes, type Reply } from '@latchkey/engine'
import {
  bearer,
  clearPasswords,
  codeOf,
  cookieHeader,
  email,
  grantOf,
  openSetting,
  password,
  register,
  tokenOf,
} from './setting.js'

const body = { email, password }
const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth)) as unknown

describe('a body', () => {
  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'application/jsonp', ''])(
    'B10: of type %j is not read',
    async (type) => {
      const { send } = openSetting()
      const reply = await send('POST', '/auth/register', { body, headers: { 'content-type': type } })
      expect(reply).toMatchObject({ status: 415, body: { code: 'unsupported_media_type' } })
    },
  )

  test('of JSON with a charset, in any case, is read', async () => {
    const { send } = openSetting()
    const headers = { 'content-type': 'Application/JSON; charset=utf-8' }
    expect((await send('POST', '/auth/register', { body, headers })).status).toBe(201)
  })

  test.each<readonly [string, unknown]>([
    ['S5: a NUL in a value', { ...body, display_name: 'a\0' }],
    ['S5: a NUL in a key', { ...body, 'a\0': 1 }],
    ['S6: a lone high surrogate', { ...body, password: `${password}\uD800` }],
    ['S6: a lone low surrogate', { ...body, password: `\uDC00${password}` }],
    ['S4: depth', { ...body, deep: nested(10_000) }],
  ])('B35: with %s is a bad request', async (_name, sent) => {
    expect(await openSetting().send('POST', '/auth/register', { body: sent })).toMatchObject({
      status: 400,
      body: { code: 'bad_request' },
    })
  })

  test('tells what is wrong by field', async () => {
    const { send } = openSetting()
    const reply = await send('POST', '/auth/register', { body: { email: 'x', display_name: 7, extra: 1 } })
    expect(reply).toMatchObject({ status: 422, body: { code: 'invalid_input' } })
    const { errors } = problemSchema.parse(reply.body)
    expect(Object.keys(errors ?? {}).toSorted()).toEqual(['display_name', 'email', 'extra', 'password'])
    for (const nothing of [null, 1, 'x', []]) {
      const refused = await send('POST', '/auth/register', { body: nothing })
      expect(Object.keys(problemSchema.parse(refused.body).errors ?? {})).toEqual(['body'])
    }
  })

  test('S35: a display name is one line', async () => {
    const setting = openSetting()
    const headers = bearer(grantOf(await register(setting)).access_token)
    const rename = (display_name: unknown) => setting.send('PATCH', '/auth/me', { headers, body: { display_name } })
    for (const wrong of ['a\r\nBcc: x', 'a\u2028b', '', '   ', 'x'.repeat(101), 1, undefined]) {
      expect((await rename(wrong)).status).toBe(422)
    }
    expect((await rename('  Ada <b>“Λ”</b> 👩🏽‍💻 ')).body).toMatchObject({ display_name: 'Ada <b>“Λ”</b> 👩🏽‍💻' })
    expect((await rename(null)).body).toMatchObject({ display_name: null })
  })
})

describe('a path', () => {
  test('that the table has not is not found, and a wrong method is told the right ones', async () => {
    const { send } = openSetting()
    for (const path of ['', '/', '/auth', '/auth/login/', '//auth/login', '/auth/__proto__', '/auth/sessions/a/b']) {
      expect(codeOf(await send('POST', path))).toBe('not_found')
    }
    for (const [method, path] of [
      ['GET', '/auth/logout'],
      ['DELETE', '/auth/login'],
      ['OPTIONS', '/auth/me'],
      ['x', '/healthz'],
    ] as const) {
      expect(await send(method, path)).toMatchObject({ status: 405, body: { code: 'method_not_allowed' } })
    }
    expect((await send('GET', '/auth/logout')).headers).toMatchObject({ allow: 'POST' })
    expect((await send('PUT', '/auth/me')).headers).toMatchObject({ allow: 'GET, PATCH, DELETE' })
    expect((await send('HEAD', '/healthz')).status).toBe(200)
  })

  test('S5: with a NUL or broken escapes in a parameter is no accident', async () => {
    const setting = openSetting()
    const headers = bearer(grantOf(await register(setting)).access_token)
    for (const id of ['%00', '%', '%E0%A4%A', '%ED%A0%80', '']) {
      const reply = await setting.send('DELETE', `/auth/sessions/${id}`, { headers })
      expect([400, 404]).toContain(reply.status)
    }
  })
})

test('B12: nobody may cache a reply, refusals included, but the public keys', async () => {
  const setting = openSetting()
  const registered = await register(setting)
  const headers = { ...cookieHeader(tokenOf(registered)), ...bearer(grantOf(registered).access_token) }
  const replies: [string, Reply][] = []
  for (const { name, method, path } of routes) {
    replies.push([name, await setting.send(method, path)], [name, await setting.send(method, path, { headers })])
    replies.push([name, await setting.send('PUT', path)])
  }
  for (const [name, reply] of replies) {
    const cached = name === 'jwks' && reply.status === 200
    expect([name, reply.headers['cache-control']]).toEqual([name, cached ? 'public, max-age=300' : 'no-store'])
  }
})

/** What is wrong with a reply, whatever it answers; null where nothing is. */
function accident({ status, headers, body: said }: Reply): string | null {
  if (status >= 500) return `status ${status}`
  if (status < 400) return null
  const parsed = problemSchema.strict().safeParse(said)
  if (!parsed.success || headers['content-type'] !== 'application/problem+json') return 'no problem'
  return status === 401 && !headers['www-authenticate']?.startsWith('Bearer') ? 'no challenge' : null
}

describe('B18, B35: whatever is sent', () => {
  const methods = fc.constantFrom('GET', 'POST', 'PATCH', 'DELETE', 'PUT', 'HEAD')
  const paths = fc.oneof(fc.constantFrom(...routes.map(({ path }) => path)), fc.webPath(), fc.string())
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('Bearer ', 'Bearer a.b.c', 'application/json', '1'),
  )
  const headers = fc.dictionary(
    fc.constantFrom('authorization', 'cookie', 'content-type', 'x-latchkey', 'origin', 'sec-fetch-site', 'user-agent'),
    text,
  )
  const bodies = fc.oneof(
    fc.jsonValue(),
    fc.record(
      { email: fc.oneof(fc.emailAddress(), fc.string()), password: fc.string(), display_name: fc.string() },
      { requiredKeys: [] },
    ),
    fc.constant(undefined),
  )

  test('the answer is a result or a problem of the contract, never an accident', async () => {
    const setting = openSetting()
    const good = grantOf(await register(setting)).access_token
    const call = fc.record({
      method: methods,
      path: paths,
      headers,
      body: bodies,
      query: fc.dictionary(fc.string(), fc.string()),
      signedIn: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(call, async ({ signedIn, headers: sent, ...rest }) => {
        const all = { 'content-type': 'application/json', ...sent, ...(signedIn ? bearer(good) : {}) }
        const reply = await setting.engine.answer({ ...rest, headers: all, ip: null })
        expect(accident(reply)).toBeNull()
      }),
      { numRuns: 500 },
    )
  })
})

describe('the table', () => {
  test('has each name and each method of a path once, and says all that documents need', () => {
    expect(new Set(routes.map(({ name }) => name)).size).toBe(routes.length)
    expect(new Set(routes.map(({ method, path }) => `${method} ${path}`)).size).toBe(routes.length)
    for (const { body: input, query, params, output, summary, codes } of routes) {
      for (const schema of [input, query, params, output].filter((one) => one !== undefined && one !== null)) {
        expect(z.toJSONSchema(schema, { io: 'input' })).toBeTypeOf('object')
      }
      expect(summary).toMatch(/\.$/)
      expect(codes).toEqual([...new Set(codes)])
    }
  })
})

test('a bad option is told at the start, by its name', () => {
  const make = (more: object) => () => createEngine({ store: createMemoryStore(), passwords: clearPasswords, ...more })
  for (const [option, value] of Object.entries({
    accessTtl: 0,
    refreshIdleTtl: -1,
    refreshMaxTtl: Number.NaN,
    graceSeconds: -1,
    minPasswordLength: 0,
    pepper: 'short',
    transport: 'pigeon',
    cookie: { sameSite: 'none', secure: false },
  })) {
    expect(make({ [option]: value })).toThrow(option)
  }
})

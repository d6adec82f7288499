// Every route of the table with everything that a stranger may send, over a real socket: 2xx or 4xx, and an answer always.
import { routes } from '@latchkey/engine'
import * as fc from 'fast-check'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunningServer } from '../src/start-server.js'
import { createDatabase, postgresUrl } from './databases.js'
import { aServer } from './settings.js'
import { aMember, type Visitor } from './visitor.js'

/** A few hundred inputs; `FUZZ_RUNS=20000` by night. */
const numRuns = Number(process.env['FUZZ_RUNS'] ?? 300)
let server: RunningServer
let member: Visitor
/** PostgreSQL where there is one, else PGlite: a database has its own objections to text. */
let database: Awaited<ReturnType<typeof createDatabase>> | null = null

beforeAll(async () => {
  database = postgresUrl === undefined ? null : await createDatabase()
  server = await aServer({
    env: {
      PUBLIC_URL: 'https://auth.example.com',
      ALLOWED_ORIGINS: 'https://app.example.com',
      ...(database !== null && { DATABASE_URL: database.url }),
    },
  })
  member = await aMember(server.url)
})
afterAll(async () => {
  await server.stop()
  await database?.drop()
})

/** Whole bytes in, whole bytes out; the connection must end, and nothing else ends it here. */
function raw(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect(server.port, '127.0.0.1', () => socket.write(bytes, 'latin1'))
    socket.setEncoding('latin1').on('data', (part) => (answer += part))
    socket.on('close', () => resolve(answer)).on('error', (error) => (answer === '' ? reject(error) : resolve(answer)))
  })
}

function expectHarmless(answer: string): void {
  expect(answer).toMatch(/^HTTP\/1\.1 [234]\d\d /)
  expect(answer).not.toMatch(/\bat .+\.[jt]s:\d+|node_modules|SELECT |latchkey_family/i)
}

const names = [
  'email',
  'password',
  'display_name',
  'token',
  'refresh_token',
  'challenge',
  'code',
  'current_password',
  'new_password',
  'role',
  'is_active',
  'response',
  'name',
]
const nasty = fc.constantFrom(
  '',
  '\0',
  '\u{d800}',
  '＠',
  'K',
  "' or 1=1 --",
  '../../',
  '%00',
  '${7*7}',
  '{{7*7}}',
  '<script>',
  '\r\nSet-Cookie: a=b',
  'x'.repeat(3_000),
  '__proto__',
  'constructor',
  '1e400',
  '-0',
)
const text = fc.oneof(
  nasty,
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.emailAddress(),
)
const body = fc.oneof(
  fc.constant(''),
  fc
    .dictionary(fc.oneof(fc.constantFrom(...names), nasty), fc.oneof(text, fc.jsonValue(), fc.double(), fc.boolean()), {
      maxKeys: 6,
    })
    .map((value) => JSON.stringify(value)),
  fc.json(),
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.nat(30_000).map((depth) => '['.repeat(Math.min(depth, 8_000))),
)
const visible = (value: string): string => value.replaceAll(/[\r\n\0]/g, ' ')
const header = fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 60 })).map(visible)
const cookie = fc.oneof(
  header,
  fc
    .tuple(fc.constantFrom('__Host-latchkey', '__Host-did', '__Host-latchkey-access', 'a'), header)
    .map((pair) => pair.join('=')),
  fc.constant('own'),
)
const authorization = fc.oneof(
  header,
  header.map((value) => `Bearer ${value}`),
  fc.constant('own'),
)

const request = fc.record({
  route: fc.constantFrom(...routes),
  method: fc.option(fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD', 'TRACE'), { freq: 6 }),
  parameter: text,
  query: fc.option(text),
  type: fc.constantFrom(
    'application/json',
    'application/json; charset=utf-8',
    'text/plain',
    'application/x-www-form-urlencoded',
    '',
  ),
  body,
  cookie: fc.option(cookie),
  authorization: fc.option(authorization),
  csrf: fc.boolean(),
  origin: fc.option(fc.oneof(fc.constantFrom('https://app.example.com', 'null', 'https://evil.test'), header)),
  agent: fc.option(header),
})

/** Half a surrogate pair has no encoding. */
const encoded = (value: string): string => encodeURIComponent(value.replaceAll(/\p{Surrogate}/gu, '?'))

type Request = typeof request extends fc.Arbitrary<infer Value> ? Value : never

function bytesOf({ route, parameter, query, type, body: content, csrf, origin, agent, ...given }: Request): string {
  const path = route.path.replaceAll(/:[a-z]+/g, encoded(parameter))
  const target = query === null ? path : `${path}?${encoded(query)}=${encoded(parameter)}`
  const octets = Buffer.from(content, 'utf8').toString('latin1')
  const cookieHeader = given.cookie === 'own' ? `${member.cookie}; ${member.did}` : given.cookie
  const bearer = given.authorization === 'own' ? `Bearer ${member.token}` : given.authorization
  const lines = [
    `${given.method ?? route.method} ${target} HTTP/1.1`,
    'host: a',
    'connection: close',
    ...(type === '' ? [] : [`content-type: ${type}`]),
    ...(octets === '' ? [] : [`content-length: ${octets.length}`]),
    ...(csrf ? ['x-latchkey: 1'] : []),
    ...(cookieHeader === null ? [] : [`cookie: ${cookieHeader}`]),
    ...(bearer === null ? [] : [`authorization: ${bearer}`]),
    ...(origin === null ? [] : [`origin: ${origin}`]),
    ...(agent === null ? [] : [`user-agent: ${agent}`]),
  ]
  return `${lines.join('\r\n')}\r\n\r\n${octets}`
}

describe('a stranger', () => {
  it('S1, S2, S4, S5, S6, B18, B35: sends anything to any route, and gets 2xx, 3xx or 4xx, no stack, and the end of the connection', async () => {
    await fc.assert(
      fc.asyncProperty(request, async (given) => expectHarmless(await raw(bytesOf(given)))),
      { numRuns },
    )
    // And the server lives.
    expectHarmless(await raw('GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n'))
  }, 300_000)

  it.each([
    ['two lengths', 'POST /auth/login HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}'],
    [
      'a length and chunks',
      'POST /auth/login HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    [
      'an odd transfer encoding',
      'POST /auth/login HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n',
    ],
    [
      'a disguised transfer encoding',
      'POST /auth/login HTTP/1.1\r\nhost: a\r\ntransfer-encoding : chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a bad chunk size', 'POST /auth/login HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n'],
    ['a folded header', 'GET /healthz HTTP/1.1\r\nhost: a\r\nx-latchkey: 1\r\n folded\r\n\r\n'],
    ['a bare line feed', 'GET /healthz HTTP/1.1\nhost: a\n x: y\n\n'],
    ['a NUL in a header', 'GET /healthz HTTP/1.1\r\nhost: a\r\nx: a\0b\r\n\r\n'],
    ['no host', 'GET /healthz HTTP/1.1\r\n\r\n'],
    ['headers without end', `GET /healthz HTTP/1.1\r\nhost: a\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`],
  ])('S49: smuggles nothing: %s is refused, and the connection ends', async (_name, bytes) => {
    expect(await raw(bytes)).toMatch(/^HTTP\/1\.1 4\d\d /)
  })

  it('S3: sends a gigabyte in chunks, and is cut off after the first kilobytes', async () => {
    const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`
    const answer = await raw(
      `POST /auth/login HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n${chunk.repeat(4)}`,
    )
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
  })
})

// Requests that two readers of one connection could read in two ways. The law: refused, and nothing of the rest is read (S49).
import { createMemoryStore } from '@latchkey/engine'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunningServer } from '../src/start-server.js'
import { aServer } from './settings.js'

let server: RunningServer
const reached: string[] = []

beforeAll(async () => {
  server = await aServer({
    store: createMemoryStore(),
    mount: (app) => {
      app.all('/inner', (request, response) => {
        reached.push(request.method)
        response.json({})
      })
    },
  })
})
afterAll(() => server.stop())

/** All that comes back until the server ends the connection. */
function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect(server.port, '127.0.0.1', () => socket.write(text, 'latin1'))
    socket.setEncoding('latin1').on('data', (part: string) => (answer += part))
    socket.on('close', () => resolve(answer)).on('error', reject)
  })
}
const inner = 'GET /inner HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'
const statuses = (answer: string) => [...answer.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => status)

describe('S49: a message whose length can be read in two ways', () => {
  const lengths = `Content-Length: ${inner.length}`
  it.each([
    ['with a length and chunks', [lengths, 'Transfer-Encoding: chunked'], `0\r\n\r\n${inner}`],
    ['with chunks and a length', ['Transfer-Encoding: chunked', lengths], `0\r\n\r\n${inner}`],
    ['with two lengths', ['Content-Length: 0', lengths], inner],
    ['with two lengths in one header', [`Content-Length: 0, ${inner.length}`], inner],
    ['with a length that has a sign', ['Content-Length: +0'], inner],
    ['with a length in hex', ['Content-Length: 0x0'], inner],
    ['with a negative length', ['Content-Length: -1'], inner],
    ['with an encoding that is none', ['Transfer-Encoding: xchunked'], `0\r\n\r\n${inner}`],
    ['with an encoding after chunked', ['Transfer-Encoding: chunked, identity'], `0\r\n\r\n${inner}`],
    ['with chunked twice', ['Transfer-Encoding: chunked, chunked'], `0\r\n\r\n${inner}`],
    [
      'with chunked twice, in two headers',
      ['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'],
      `0\r\n\r\n${inner}`,
    ],
    ['with a coding inside the chunks', ['Transfer-Encoding: gzip, chunked'], `0\r\n\r\n`],
    ['with identity inside the chunks', ['Transfer-Encoding: identity, chunked'], `0\r\n\r\n`],
    ['with chunked in quotes', ['Transfer-Encoding: "chunked"'], `0\r\n\r\n${inner}`],
    ['with a parameter of chunked', ['Transfer-Encoding: chunked;q=1'], `0\r\n\r\n${inner}`],
    ['with a vertical tab before chunked', ['Transfer-Encoding: \x0bchunked'], `0\r\n\r\n${inner}`],
    ['with no encoding named', ['Transfer-Encoding:'], `0\r\n\r\n${inner}`],
    ['with two encodings', ['Transfer-Encoding: chunked', 'Transfer-Encoding: identity'], `0\r\n\r\n${inner}`],
    ['with a blank before the colon', ['Transfer-Encoding : chunked'], `0\r\n\r\n${inner}`],
    ['with a header that is folded', ['X-A: b', ' Transfer-Encoding: chunked'], `0\r\n\r\n${inner}`],
    ['with a line feed alone in a header', ['X-A: b\nTransfer-Encoding: chunked'], `0\r\n\r\n${inner}`],
    ['with a carriage return alone in a header', ['X-A: b\rTransfer-Encoding: chunked'], `0\r\n\r\n${inner}`],
    ['with a NUL in a header', ['X-A: b\0'], inner],
    ['with a chunk’s size that is none', ['Transfer-Encoding: chunked'], `0x0\r\n\r\n${inner}`],
    ['with a chunk longer than it says', ['Transfer-Encoding: chunked'], `1\r\nxx\r\n0\r\n\r\n${inner}`],
    ['with a chunk’s size beyond all', ['Transfer-Encoding: chunked'], `fffffffffffffffff\r\n${inner}`],
  ])('%s is a 400, the connection ends, and what came behind it is not read', async (_name, headers, rest) => {
    const head = ['POST /auth/login HTTP/1.1', 'Host: a', 'Content-Type: application/json', ...headers]
    const answer = await raw(`${head.join('\r\n')}\r\n\r\n${rest}`)
    expect(statuses(answer)).toEqual(['400'])
    expect(answer).not.toMatch(/stack|node:|at \w+ \(/)
    expect(reached).toEqual([])
  })

  it.each([
    ['two hosts', ['Host: a', 'Host: b']],
    ['the same host twice', ['Host: a', 'Host: a']],
    ['two hosts in different letters, far apart', ['HOST: a', 'X-A: b', 'hOsT: b']],
  ])('with %s is a 400 on every path, and the connection ends', async (_name, hosts) => {
    for (const path of ['/auth/me', '/inner', '/openapi.json', '/nowhere']) {
      const answer = await raw(`GET ${path} HTTP/1.1\r\n${hosts.join('\r\n')}\r\n\r\n`)
      expect(statuses(answer)).toEqual(['400'])
      expect(answer).toMatch(/^connection: close\r$/im)
    }
    expect(reached).toEqual([])
  })

  it('with an empty host beside another is a 400', async () => {
    expect(statuses(await raw('GET /auth/me HTTP/1.1\r\nHost:\r\nHost: a\r\n\r\n'))).toEqual(['400'])
  })

  it('without a host is a 400', async () => {
    expect(statuses(await raw('GET /auth/me HTTP/1.1\r\nConnection: close\r\n\r\n'))).toEqual(['400'])
  })

  it('that can be read in one way only is followed by the next one', async () => {
    const body = '{"email":"a@example.com","password":"x"}'
    const head = 'POST /auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n'
    const chunked = `${head}Transfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`
    expect(statuses(await raw(chunked + inner))).toEqual(['401', '200'])
    expect(reached).toEqual(['GET'])
  })
})

describe('S2: a cookie header', () => {
  it.each([
    [10_000, '401'],
    [20_000, '431'],
  ])('of %i bytes is no accident', async (size, status) => {
    const head = `POST /auth/refresh HTTP/1.1\r\nHost: a\r\nX-Latchkey: 1\r\nConnection: close\r\n`
    expect(statuses(await raw(`${head}Cookie: a=${'x'.repeat(size)}\r\n\r\n`))).toEqual([status])
  })
})

// Where the server goes when a provider's document tells it to, and where not (S42).
import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createBackChannel, ForbiddenPlace, isInner, isLoopback } from '../src/back-channel.js'

describe('S42: an address inside a network', () => {
  it.each([
    '10.0.0.1',
    '127.0.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '192.168.1.1',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '::1',
    '::',
    'fe80::1',
    'fd00::1',
    '::ffff:10.0.0.1',
    '::ffff:7f00:1',
  ])('%s is one', (address) => expect(isInner(address)).toBe(true))

  it.each(['8.8.8.8', '172.32.0.1', '1.1.1.1', '2606:4700::1111', '::ffff:8.8.8.8'])('%s is none', (address) =>
    expect(isInner(address)).toBe(false),
  )

  it.each([
    ['http://localhost:1', true],
    ['http://127.0.0.1', true],
    ['http://[::1]:1', true],
    ['https://localhost', false],
    ['http://localhost.evil.test', false],
    ['http://127.0.0.1.evil.test', false],
    ['http://10.0.0.1', false],
  ])('%s is plain loopback: %s', (url, expected) => expect(isLoopback(new URL(url))).toBe(expected))
})

describe('S42, B32: the back channel', () => {
  let server: Server
  let home: string
  let asked: string[] = []

  beforeAll(async () => {
    server = createServer(({ url = '' }, response) => {
      asked.push(url)
      if (url === '/moved') response.writeHead(307, { location: '/target' })
      response.end('{}')
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    home = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => void server.close())

  it('goes to the issuer that the operator wrote, and follows no redirect', async () => {
    asked = []
    const go = createBackChannel(home)
    expect((await go(`${home}/here`)).status).toBe(200)
    await expect(go(`${home}/moved`, { method: 'POST', body: 'code=x' })).rejects.toThrow(TypeError)
    expect(asked).toEqual(['/here', '/moved'])
  })

  it.each([
    'http://issuer.example/token',
    'https://10.0.0.1/token',
    'https://[::1]/token',
    'https://169.254.169.254/latest/meta-data',
    'https://internal.example/token',
    'https://both.example/token',
    'https://nowhere.example/token',
    'file:///etc/passwd',
  ])('does not go to %s, whatever a document says', async (url) => {
    const addresses: Readonly<Record<string, readonly string[]>> = {
      'issuer.example': ['8.8.8.8'],
      'internal.example': ['10.1.2.3'],
      'both.example': ['8.8.8.8', '127.0.0.1'],
      'nowhere.example': [],
    }
    const resolve = async (host: string) => (addresses[host] ?? []).map((address) => ({ address }))
    const go = createBackChannel('https://issuer.example', resolve)
    await expect(go(url)).rejects.toBeInstanceOf(ForbiddenPlace)
  })
})

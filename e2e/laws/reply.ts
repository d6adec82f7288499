// What holds for every reply of every route: its schema, its problem, its challenge, and that nobody caches it.
import type { RouteContract } from '@latchkey/engine'
import { expect } from 'vitest'
import type { Received, Sent } from './transport.js'

/** Codes that any route may answer, beside its own. */
const anywhere = [
  'bad_request',
  'csrf',
  'forbidden',
  'insufficient_scope',
  'invalid_input',
  'invalid_token',
  'malformed',
  'method_not_allowed',
  'not_found',
  'payload_too_large',
  'rate_limited',
  'unavailable',
  'unsupported_media_type',
]

/** Holds the reply against its route's contract; a path beside the table must be a problem all the same. */
export function checkReply(routes: readonly RouteContract[], sent: Sent, reply: Received): void {
  const route = routes.find((known) => known.method === sent.method && matches(known.path, sent.path))
  const said = `${sent.method} ${sent.path} answered ${reply.status} ${JSON.stringify(reply.body)}`
  expect(reply.status, said).toBeLessThan(500)
  if (reply.status >= 400) checkProblem(route, reply, said)
  else checkResult(route, reply, said)
  if (sent.path.startsWith('/auth/') || sent.path.startsWith('/admin/') || reply.setCookie.length > 0) {
    expect(reply.headers['cache-control'], `B12: ${said}`).toContain('no-store')
  }
}

function checkResult(route: RouteContract | undefined, reply: Received, said: string): void {
  expect(reply.status, said).toBe(route?.status)
  if (route?.output === null || route === undefined) {
    expect(reply.body, said).toBeUndefined()
    return
  }
  expect(reply.headers['content-type'], said).toMatch(/^application\/json/)
  // Equal after parsing: the reply holds nothing that the schema does not name.
  expect(route.output.parse(reply.body), said).toEqual(reply.body)
}

function checkProblem(route: RouteContract | undefined, reply: Received, said: string): void {
  expect(reply.headers['content-type'], said).toMatch(/^application\/problem\+json/)
  expect(reply.body, said).toMatchObject({ status: reply.status, code: expect.any(String), title: expect.any(String) })
  const { code } = reply.body as { code: string }
  expect([...anywhere, ...(route?.codes ?? [])], said).toContain(code)
  if (reply.status === 401) expect(reply.headers['www-authenticate'], `B17: ${said}`).toMatch(/^Bearer\b/)
  expect(JSON.stringify(reply.body), `B37: ${said}`).not.toMatch(/\bat .+:\d+:\d+|eyJ/)
}

function matches(pattern: string, path: string): boolean {
  const wanted = pattern.split('/')
  const given = (path.split('?')[0] ?? '').split('/')
  return wanted.length === given.length && wanted.every((part, at) => part.startsWith(':') || part === given[at])
}

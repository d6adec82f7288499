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
  try {
    expect(reply.status).toBeLessThan(500)
    if (reply.status >= 400) checkProblem(route, reply)
    else checkResult(route, reply)
    // B12: of whatever has to do with a session.
    const isPrivate = /^\/(auth|admin)\//.test(sent.path) || reply.setCookie.length > 0
    expect(isPrivate ? reply.headers['cache-control'] : 'no-store').toContain('no-store')
  } catch (cause) {
    const said = `${sent.method} ${sent.path} answered ${reply.status} ${JSON.stringify(reply.body)}`
    throw new Error(`${said}, which breaks the contract: ${String(cause)}`, { cause })
  }
}

function checkResult(route: RouteContract | undefined, reply: Received): void {
  expect(reply.status).toBe(route?.status)
  if (route?.output === null || route === undefined) {
    expect(reply.body).toBeUndefined()
    return
  }
  expect(reply.headers['content-type']).toMatch(/^application\/json/)
  // Equal after parsing: the reply holds nothing that the schema does not name.
  expect(route.output.parse(reply.body)).toEqual(reply.body)
}

function checkProblem(route: RouteContract | undefined, reply: Received): void {
  const isWellFormed = { status: reply.status, code: expect.any(String), title: expect.any(String) }
  expect(reply.headers['content-type']).toMatch(/^application\/problem\+json/)
  expect(reply.body).toMatchObject(isWellFormed)
  expect([...anywhere, ...(route?.codes ?? [])]).toContain((reply.body as { code: string }).code)
  // B17: a refusal for want of credentials says which would do.
  expect(reply.status === 401 ? reply.headers['www-authenticate'] : 'Bearer').toMatch(/^Bearer\b/)
  // B37, B38: no stack, no token.
  expect(JSON.stringify(reply.body)).not.toMatch(/\bat .+:\d+:\d+|eyJ/)
}

function matches(pattern: string, path: string): boolean {
  const wanted = pattern.split('/')
  const given = (path.split('?')[0] ?? '').split('/')
  return wanted.length === given.length && wanted.every((part, at) => part.startsWith(':') || part === given[at])
}

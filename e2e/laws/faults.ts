// What a network does to a request on its way, from a reset to a stranger's answer.
import type { AuthErrorCode } from '@latchkey/core'
import type { Fault } from './fault-proxy.js'

const split = (reply: string): readonly [head: string, body: string] => {
  const end = reply.indexOf('\r\n\r\n') + 4
  return [reply.slice(0, end), reply.slice(end)]
}
const half = (reply: string): string => {
  const [head, body] = split(reply)
  return head + body.slice(0, body.length / 2)
}

export const resetAtOnce: Fault = ({ client }) => void client.resetAndDestroy()
export const replyLost: Fault = async ({ client, reply }) => {
  await reply()
  client.resetAndDestroy()
}
const resetMidBody: Fault = async ({ client, reply }) => {
  client.write(half(await reply()), () => setImmediate(() => client.resetAndDestroy()))
}
const truncated: Fault = async ({ client, reply }) => void client.end(half(await reply()))
const blackhole: Fault = ({ hang }) => hang()
const replySwallowed: Fault = async ({ reply, hang }) => {
  await reply()
  hang()
}
/** The head and half of the body, and then no byte more. */
const slowLoris: Fault = async ({ client, reply, hang }) => void client.write(half(await reply()), hang)

/** Somebody else answers: a captive portal, a gateway. */
const answer =
  (status: string, type: string, body: string, more = ''): Fault =>
  ({ client }) => {
    const length = Buffer.byteLength(body)
    client.end(
      `HTTP/1.1 ${status}\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\nConnection: close\r\n${more}\r\n${body}`,
    )
  }

/** Holds the reply back until `release` settles. */
export const late =
  (release: Promise<void>, held: () => void): Fault =>
  async ({ client, reply }) => {
    const whole = await reply()
    held()
    await release
    client.end(whole)
  }

/** No usable word of the server comes through: the client cannot know what became of its request. */
export const silences: [name: string, fault: Fault, code: AuthErrorCode][] = [
  ['F3 a reset before the server was asked', resetAtOnce, 'unreachable'],
  ['F3 F5 a reset in place of the reply', replyLost, 'unreachable'],
  ['F3 a reset in mid-body', resetMidBody, 'unreachable'],
  ['F3 a truncated body', truncated, 'unreachable'],
  ['F4 a black hole', blackhole, 'unreachable'],
  ['F4 F5 a reply that never comes', replySwallowed, 'unreachable'],
  ['F4 a body that stops half-way', slowLoris, 'unreachable'],
]
/** Somebody answers who is not the server, or a proxy has its own idea of the reply. */
export const strangers: typeof silences = [
  ['F9 HTML with status 200', answer('200 OK', 'text/html', '<h1>Welcome to the hotel</h1>'), 'unreachable'],
  [
    'F39 a redirect to a portal',
    answer('302 Found', 'text/html', '', 'Location: http://127.0.0.1:9/portal\r\n'),
    'unreachable',
  ],
  ['F58 HTML with status 401', answer('401 Unauthorized', 'text/html', '<h1>Proxy login</h1>'), 'unreachable'],
  ['F58 HTML with status 403', answer('403 Forbidden', 'text/html', '<h1>Blocked</h1>'), 'unreachable'],
  [
    'F58 a stranger’s JSON with status 401',
    answer('401 Unauthorized', 'application/json', '{"error":"unauthorized"}'),
    'misconfigured',
  ],
  [
    'F6 F7 a proxy’s 429',
    answer('429 Too Many Requests', 'text/html', '<h1>Slow down</h1>', 'Retry-After: soon\r\n'),
    'rate_limited',
  ],
  ['F8 a gateway’s 502', answer('502 Bad Gateway', 'text/html', '<h1>Bad gateway</h1>'), 'unreachable'],
  ['F11 JSON that is cut short', answer('200 OK', 'application/json', '{"access_token":"eyJ'), 'protocol_error'],
  ['F11 an empty 204', answer('204 No Content', 'application/json', ''), 'protocol_error'],
]

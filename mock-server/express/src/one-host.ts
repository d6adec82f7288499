// A request that names two hosts. Its secret: two readers may pick different ones, so nobody gets to read either (S49).
import type { RequestHandler } from 'express'
import { refusal } from './refusal.js'
import { send } from './wire.js'

/** Refuses a request with more than one Host header, and ends its connection: Node itself only takes the first (RFC 9112 section 3.2). */
export const refuseSecondHost: RequestHandler = (request, response, next) => {
  if (countHosts(request.rawHeaders) < 2) return next()
  const reply = refusal(400, 'bad_request', 'The request names more than one host.', { connection: 'close' })
  send(response, reply, () => [])
}

function countHosts(rawHeaders: readonly string[]): number {
  let hosts = 0
  for (let at = 0; at < rawHeaders.length; at += 2) if (rawHeaders[at]?.toLowerCase() === 'host') hosts += 1
  return hosts
}

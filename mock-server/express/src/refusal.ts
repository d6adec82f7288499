// Problems of the transport itself, before or instead of the engine. Its secret: they look just like the engine's own.
import { STATUS_CODES } from 'node:http'
import type { Reply } from '@latchkey/engine'

/** An RFC 9457 problem with a stable code; the refresh cookie is left alone. */
export function refusal(
  status: number,
  code: string,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  return {
    status,
    headers: { 'content-type': 'application/problem+json', ...headers },
    body: { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail, code },
    cookie: { act: 'leave' },
  }
}

/** 503 for what passes by itself: nothing was changed (B37). */
export const unavailable = (): Reply =>
  refusal(503, 'unavailable', 'The server cannot do that just now. Nothing was changed: try again.', {
    'retry-after': '1',
  })

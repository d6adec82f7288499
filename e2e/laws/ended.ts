// How a session ends on the wire: the one shape of reply by which a client knows.
import { expect } from 'vitest'
import { clears } from './device.js'

/** The refusal that ends a session: a code that the client knows as definitive, and the cookie cleared. */
export const ended = (code: 'session_revoked' | 'session_expired') => ({
  status: 401,
  body: { code },
  setCookie: [expect.toSatisfy(clears)],
})

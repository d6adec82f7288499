// Which access tokens a test has expired: a verdict that no signature can give.
import type { Call, Reply } from '@latchkey/engine'

export type TokenLedger = {
  /** Remembers the access token of a reply, if it has one. */
  readonly note: (reply: Reply) => void
  /** Every token that was noted so far is expired. */
  readonly expire: () => void
  /** The headers, an expired token in them replaced by one that nobody signed: the refusal stays the engine's own. */
  readonly aged: (headers: Call['headers']) => Call['headers']
}

export function openTokenLedger(): TokenLedger {
  const living = new Set<string>()
  const expired = new Set<string>()
  return {
    note: ({ body }) => {
      const token = (body as { access_token?: unknown } | undefined)?.access_token
      if (typeof token === 'string') living.add(token)
    },
    expire: () => {
      for (const token of living) expired.add(token)
      living.clear()
    },
    aged: (headers) => {
      const token = /^bearer +(.+)$/i.exec(headers['authorization'] ?? '')?.[1]
      return token !== undefined && expired.has(token) ? { ...headers, authorization: 'Bearer expired' } : headers
    },
  }
}

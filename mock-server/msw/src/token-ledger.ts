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

/** The access token of a reply, in its body or in its cookie; null where it has none. */
export function tokenIn({ body, cookie }: Reply): string | null {
  const token = (body as { access_token?: unknown } | undefined)?.access_token
  if (typeof token === 'string') return token
  return cookie.act === 'set' || cookie.act === 'keep' ? (cookie.access?.value ?? null) : null
}

export function openTokenLedger(): TokenLedger {
  const living = new Set<string>()
  const expired = new Set<string>()
  return {
    note: (reply) => {
      const token = tokenIn(reply)
      if (token !== null) living.add(token)
    },
    expire: () => {
      for (const token of living) expired.add(token)
      living.clear()
    },
    aged: (headers) => {
      const token = /^bearer +(.+)$/i.exec(headers['authorization'] ?? '')?.[1]
      if (token !== undefined && expired.has(token)) return { ...headers, authorization: 'Bearer expired' }
      const cookie = headers['cookie']?.replaceAll(/=([\w.-]+)/g, (pair, value) =>
        expired.has(value) ? '=expired' : pair,
      )
      return cookie === undefined ? headers : { ...headers, cookie }
    },
  }
}

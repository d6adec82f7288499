// Sign-ins elsewhere that are on their way. Its secret: the store alone cannot finish one, and neither can another browser (C29, B32).
import { z } from 'zod'
import { millisecondsOf, type EngineClock } from './clock.js'
import { randomText, sha256 } from './encoding.js'
import type { Handshake } from './provider.js'
import type { Slips } from './slip.js'

/** What the browser is after. */
type Intent = 'sign-in' | 'link'

/** What is remembered until the browser comes back. */
export type Errand = {
  readonly provider: string
  readonly intent: Intent
  readonly returnTo: string
  /** SHA-256 of a secret that the page keeps, where the sign-in is handed to the page by a code. */
  readonly challenge: string | null
}

/** Seconds that a sign-in at a provider may take. */
export const handshakeTtl = 600

export type Handshakes = {
  /** A new handshake, and the secret that its browser keeps in a cookie. */
  readonly begin: (
    errand: Errand,
    redirectUri: string,
  ) => Promise<{ readonly secret: string; readonly handshake: Handshake }>
  /** The errand and its handshake again: once, for the same browser and provider, in time; else null, and it is spent. */
  readonly take: (
    returned: { readonly state: string; readonly secret: string; readonly provider: string },
    redirectUri: string,
  ) => Promise<{ readonly errand: Errand; readonly handshake: Handshake } | null>
}

const noted = z.object({
  provider: z.string(),
  intent: z.enum(['sign-in', 'link']),
  returnTo: z.string(),
  challenge: z.string().nullable(),
  browser: z.string(),
})

/** Handshakes in a store that learns digests only: nonce and PKCE verifier derive from the browser's secret. */
export function createHandshakes(store: Slips, clock: EngineClock): Handshakes {
  const derive = async (secret: string, state: string, redirectUri: string): Promise<Handshake> => ({
    redirectUri,
    state,
    nonce: await sha256(`nonce\0${secret}\0${state}`),
    codeVerifier: await sha256(`verifier\0${secret}\0${state}`),
  })
  return {
    begin: async (errand, redirectUri) => {
      const [state, secret] = [randomText(256), randomText(256)]
      const content = JSON.stringify({ ...errand, browser: await sha256(secret) })
      const expiresAt = millisecondsOf(clock) + handshakeTtl * 1000
      await store.insertSlip({ hash: await sha256(state), kind: 'handshake', content, expiresAt })
      return { secret, handshake: await derive(secret, state, redirectUri) }
    },
    take: async ({ state, secret, provider }, redirectUri) => {
      const content = await store.takeSlip(await sha256(state), 'handshake')
      if (content === null) return null
      const { browser, ...errand } = noted.parse(JSON.parse(content))
      if (browser !== (await sha256(secret)) || errand.provider !== provider) return null
      return { errand, handshake: await derive(secret, state, redirectUri) }
    },
  }
}

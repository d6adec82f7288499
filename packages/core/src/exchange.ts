// One exchange: what is presented for a grant, and who it turns out to be. Its secret is whose refresh token it is.
import type { Clock } from './clock.js'
import { Refused, type Endpoints, type Grant } from './endpoints.js'
import type { FullGrant, Holding } from './holding.js'
import type { Profile } from './profile.js'
import type { TokenStorage } from './storage.js'
import type { Tabs } from './tabs.js'
import { timeLeft } from './token.js'
import { pause } from './wait.js'

/** A grant, and how many exchanges the origin had counted when it came. */
export type Exchanged<User> = { readonly grant: Grant<User>; readonly seq: number }

export type Exchange<User> = {
  /** Where the refresh token of a body profile rests; remembers what this tab wrote. */
  readonly storage: TokenStorage
  /** False where the refresh token is another tab's, which shares its access tokens only. */
  readonly isPossible: () => boolean
  /** Inside the lock, before asking: waits, bounded, for a message of an exchange that another tab has made. */
  readonly catchUp: (signal: AbortSignal) => Promise<void>
  /** Inside the lock: the wire call. @throws as `Endpoints.refresh` */
  readonly run: (signal: AbortSignal) => Promise<Exchanged<User>>
  /** Outside the lock: asks who it is, where the grant does not say and nobody is known yet. */
  readonly complete: (grant: Grant<User>, signal: AbortSignal) => Promise<FullGrant<User>>
  /** Another session is taken over: this tab's own refresh token would bring the old one back. */
  readonly forgetOwn: () => void
}

type Wiring<User> = {
  readonly clock: Clock
  readonly profile: Profile<User>
  readonly endpoints: Endpoints<User>
  readonly holding: Holding<User>
  readonly tabs: Tabs
  readonly resting: TokenStorage
  readonly shareToken: boolean
  /** Milliseconds that another tab may take for its exchange. */
  readonly timeout: number
}

const messageWait = 500

export function createExchange<User>(wiring: Wiring<User>): Exchange<User> {
  const { clock, profile, endpoints, holding, tabs, resting, shareToken } = wiring
  let own: string | null = null
  const storage: TokenStorage = { get: resting.get, set: (value) => resting.set((own = value)) }
  const isPossible = (): boolean => profile.refreshToken === 'cookie' || presented() !== null

  function presented(): string | null {
    const held = profile.refreshToken === 'access' ? holding.token() : null
    // The clock has said of such a token all that the server could.
    if (held !== null && profile.renews === false && timeLeft(held, clock) <= 0) return null
    return held?.value ?? storage.get()
  }

  return {
    storage,
    isPossible,
    async catchUp(signal) {
      const depends = !isPossible() && tabs.peersHold()
      const signedIn = holding.sid() !== null || tabs.mark()?.state === 'in'
      if (!shareToken || !(depends || tabs.isBehind(signedIn))) return
      tabs.announce({ type: 'hello', seq: depends ? holding.seq() + 1 : 0 })
      await pause(clock, depends ? wiring.timeout : messageWait, signal)
    },
    async run(signal) {
      if (!isPossible()) throw new Refused('no-session', 401)
      try {
        const grant = await endpoints.refresh(presented() ?? undefined, { signal })
        if (grant.refreshToken !== undefined && !signal.aborted) storage.set(grant.refreshToken)
        return { grant, seq: tabs.stamp() }
      } catch (error) {
        // Counted where a message follows, for which the next tab in the lock waits.
        if (!(error instanceof Refused) || holding.sid() !== null) tabs.stamp()
        throw error
      }
    },
    async complete(grant, signal) {
      const session = holding.session()
      if (grant.user !== undefined) return { ...grant, user: grant.user }
      if (session.status === 'authenticated' && holding.isSameSubject(grant.token.claims, undefined))
        return { ...grant, user: session.user }
      const user = await endpoints.me({ bearer: grant.token.value, signal })
      return { ...grant, user: user ?? profile.readUser(grant.token.claims) }
    },
    forgetOwn() {
      // Shared storage has the other session's by now.
      if (storage.get() === own) storage.set(null)
    },
  }
}

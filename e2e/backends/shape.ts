// One backend as the laws see it, and a client at it: what differs between backends is named here, and nowhere in the laws.
import {
  createAuthClient,
  memoryStorage,
  systemClock,
  type AuthClient,
  type Clock,
  type Credentials,
  type Profile,
  type TokenStorage,
} from '@latchkey/core'
import { afterAll } from 'vitest'
import { openJar, type Jar } from './jar.js'

type User = Readonly<Record<string, unknown>>

export type World = {
  readonly auth: AuthClient<User>
  readonly jar: Jar
  readonly storage: TokenStorage
  readonly at: (path: string) => string
  /** Moves the client's clocks: it knows that its token is spent. */
  readonly advance: (seconds: number) => void
}

export type Shape = {
  readonly name: string
  /** Where the client finds it; asked once it runs. */
  readonly baseURL: () => string
  readonly profile: Profile<User>
  /** A route of the API that wants somebody signed in. */
  readonly mine: string
  /** What registering comes to; null where accounts are made elsewhere. */
  readonly registers: 'registered' | 'authenticated' | null
  /** What it asks of a newcomer beside an address and a password. */
  readonly asks?: Credentials
  /** The call that a refresh is, and those that a logout makes. */
  readonly refresh: string
  readonly logout: readonly string[]
  /** Seconds of an access token, as the server is set. */
  readonly lifetime: number
  /** Ends the session behind the client’s back, and what the client then says of it. */
  readonly revoke: (world: World & { readonly email: string }) => Promise<unknown>
  readonly revokedAs: 'expired' | 'revoked'
}

export const password = 'correct horse battery'
let people = 0
/** Somebody whom the backend does not know yet. */
export const newcomer = () => ({ email: `ada-${++people}@example.com`, password })

const opened: AuthClient<User>[] = []
/** To be called once a file: the clients that its laws opened are closed after the last. */
export const closeClients = (): void => afterAll(() => opened.splice(0).forEach((auth) => auth.dispose()))

/** A client that refreshes when asked and not by itself, in a browser of its own or the given one. */
export function open({ baseURL, profile }: Shape, jar = openJar(), storage = memoryStorage()): World {
  let ahead = 0
  const clock: Clock = {
    ...systemClock,
    now: () => systemClock.now() + ahead,
    monotonic: () => systemClock.monotonic() + ahead,
  }
  const auth = createAuthClient<User>({
    baseURL: baseURL(),
    profile,
    storage,
    clock,
    refresh: { proactive: 'never' },
    fetch: jar.fetch,
    tabs: false,
  })
  opened.push(auth)
  return {
    auth,
    jar,
    storage,
    at: (route) => `${baseURL()}/${route}`,
    advance: (seconds) => {
      ahead += seconds * 1000
    },
  }
}

/** Somebody new, signed in. */
export async function signedIn(shape: Shape): Promise<World & { readonly email: string }> {
  const world = open(shape)
  const ada = newcomer()
  if (shape.registers !== null) await world.auth.register({ ...ada, ...shape.asks })
  await world.auth.login(ada)
  return { ...world, email: ada.email }
}

/** How often this call was made. */
export const count = ({ jar }: Pick<World, 'jar'>, wanted: string): number =>
  jar.calls.filter(({ call }) => call === wanted).length

/** Twenty requests at once; their statuses. */
export const twenty = ({ auth, at }: World, mine: string): Promise<number[]> =>
  Promise.all(Array.from({ length: 20 }, async () => (await auth.fetch(at(mine))).status))

export const allWell = Array.from({ length: 20 }, () => 200)

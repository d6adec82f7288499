// Places to sign in where somebody is signed in already. Its secret: the protocol's two steps without a server, or a page, between them.
import { type Handshake, type Provider, ProviderFailed, type ProviderUser } from '@latchkey/engine'

/** Somebody who has an account at a provider. */
export type MockPerson = {
  readonly email: string
  /** True where absent: the provider vouches for the address. */
  readonly emailVerified?: boolean
  readonly name?: string
  /** The provider's own name of them; the address where absent. */
  readonly subject?: string
}

/** Every provider of a mock. */
export type Elsewhere = {
  readonly providers: readonly Provider[]
  /** Who is signed in there from now on; null cancels. @throws TypeError where there is no such provider. */
  readonly seat: (provider: string, person: MockPerson | null) => void
  /** Somebody else again, and no sign-in under way. */
  readonly clear: () => void
}

const somebody: MockPerson = { email: 'somebody@example.com', name: 'Somebody' }

/** Providers by name, and as they are where they are whole. */
export function openElsewhere(wanted: readonly (string | Provider)[]): Elsewhere {
  const people = new Map<string, MockPerson | null>()
  const underWay = new Map<string, { readonly user: ProviderUser; readonly handshake: Handshake }>()
  const names = wanted.filter((each) => typeof each === 'string')

  const open = (name: string): Provider => ({
    name,
    begin: async (handshake) => {
      const { redirectUri, state } = handshake
      const person = people.get(name)
      if (person === null) return `${redirectUri}?${new URLSearchParams({ error: 'access_denied', state })}`
      const code = crypto.randomUUID()
      underWay.set(code, { user: userOf(person ?? somebody, name), handshake })
      return `${redirectUri}?${new URLSearchParams({ code, state })}`
    },
    finish: async (handshake, { code = '' }) => {
      const known = underWay.get(code)
      underWay.delete(code)
      if (known?.handshake.state === handshake.state && known.handshake.nonce === handshake.nonce) return known.user
      throw new ProviderFailed('refused', 'The mock of the provider gave that code to nobody, or to another sign-in.')
    },
  })

  return {
    providers: wanted.map((each) => (typeof each === 'string' ? open(each) : each)),
    seat: (name, person) => {
      if (!names.includes(name)) {
        throw new TypeError(
          `mock.signedInAt(${JSON.stringify(name)}, …) failed: the mock has no such provider. Name it in createMockAuth({ providers }); there is ${names.join(', ') || 'none'}.`,
        )
      }
      people.set(name, person)
    },
    clear: () => {
      people.clear()
      underWay.clear()
    },
  }
}

const userOf = ({ email, emailVerified = true, name = null, subject = email }: Seated, at: string): ProviderUser => ({
  issuer: `https://${at}.test`,
  subject,
  email,
  emailVerified,
  name,
})
type Seated = Omit<MockPerson, 'name'> & { readonly name?: string | null }

/** So many steps has a sign-in at most: there, back, and once more. */
const maxHops = 5

/**
 * Goes where a browser would that navigates to a route of a sign-in, and answers where in the app that ends.
 * @throws TypeError where a step leads nowhere.
 */
export async function travel(fetch: typeof globalThis.fetch, from: string): Promise<string> {
  let at = from
  for (let hops = 0; /\/auth\/oauth\/[^/]+(?:\/callback)?$/.test(new URL(at).pathname); hops += 1) {
    const response = await fetch(at, { redirect: 'manual', credentials: 'include' })
    const location = response.headers.get('location')
    if (location === null || hops === maxHops) {
      throw new TypeError(
        `mock.navigate(…) failed: the step ${new URL(at).pathname} was answered with ${response.status} and leads nowhere.`,
      )
    }
    at = new URL(location, at).href
  }
  return at
}

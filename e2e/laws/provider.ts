// A provider in the laws' hands: it says whatever a law wants said, and holds this server to its side of the protocol.
import { type Handshake, type Provider, ProviderFailed, type ProviderUser } from '@latchkey/engine'

export type ProviderDouble = Provider & {
  /** The query with which the provider sends back the browser that it was sent, signed in as that person. */
  readonly approve: (authorize: string, user: Partial<ProviderUser>) => Record<'code' | 'state', string>
  /** Every handshake that began here. */
  readonly begun: readonly Handshake[]
  /** From now on nobody answers, or again. */
  readonly away: (isAway: boolean) => void
}

let people = 0

function openProvider(name: string): ProviderDouble {
  const issuer = `https://${name}.test`
  const begun: Handshake[] = []
  const codes = new Map<string, { readonly user: ProviderUser; readonly handshake: Handshake | undefined }>()
  let isAway = false
  const answer = () => {
    if (isAway) throw new ProviderFailed('unreachable', 'It is away.')
  }
  return {
    name,
    begun,
    away: (away) => {
      isAway = away
    },
    approve: (authorize, user) => {
      people += 1
      const state = new URL(authorize).searchParams.get('state') ?? ''
      const person = { issuer, subject: `person-${people}`, email: null, emailVerified: false, name: null, ...user }
      const code = `code-${people}`
      codes.set(code, { user: person, handshake: begun.find((each) => each.state === state) })
      return { code, state }
    },
    begin: async (handshake) => {
      answer()
      begun.push(handshake)
      const { state, redirectUri } = handshake
      return `${issuer}/authorize?${new URLSearchParams({ state, redirect_uri: redirectUri })}`
    },
    finish: async (handshake, { code = '', state }) => {
      answer()
      const known = codes.get(code)
      codes.delete(code)
      const same = JSON.stringify(known?.handshake) === JSON.stringify(handshake) && state === handshake.state
      if (known === undefined || !same) throw new ProviderFailed('refused', 'It is not what began.')
      return known.user
    },
  }
}

export const openProviders = () => ({ one: openProvider('one'), two: openProvider('two') })

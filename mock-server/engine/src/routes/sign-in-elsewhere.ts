// Routes of a browser that signs in at a provider: there and back. The secret is what each return may be told, which is never a token.
import { z } from 'zod'
import { cookieName, readCookie } from '../cookie.js'
import { handshakeTtl } from '../handshakes.js'
import { notFound, result } from '../problem.js'
import { type Provider, ProviderFailed, type ProviderUser } from '../provider.js'
import { appPage, returnPath } from '../return-path.js'
import type { Call, Reply } from '../route.js'
import type { Errand } from '../handshakes.js'
import { route, type Parts } from '../visit.js'
import { admit, bondOf } from './entrance.js'

const params = z.object({ provider: z.string().min(1).max(64) })

export const oauthProviders = route(
  {
    name: 'oauthProviders',
    method: 'GET',
    path: '/auth/oauth',
    summary: 'The names of the providers that people may sign in with.',
    status: 200,
    output: z.object({ providers: z.array(z.string()) }),
    codes: [],
    limit: 'session',
    needs: {},
  },
  async ({ parts }) => result(200, { providers: [...parts.providers.keys()] }),
)

export const oauthStart = route(
  {
    name: 'oauthStart',
    method: 'GET',
    path: '/auth/oauth/:provider',
    summary: 'Sends the browser to a provider, to sign in or to link; a page of the app navigates here.',
    params,
    query: z.object({
      return_to: z.string().optional(),
      intent: z.enum(['sign-in', 'link']).default('sign-in'),
      challenge: z
        .string()
        .regex(/^[\w-]{43}$/, 'It is no SHA-256 in base64url.')
        .optional(),
    }),
    status: 302,
    output: null,
    codes: ['not_found', 'invalid_input'],
    limit: 'credential',
    needs: {},
  },
  async ({ params: { provider: name }, query, parts }) => {
    const provider = parts.providers.get(name)
    if (provider === undefined) return notFound()
    const { intent, challenge = null } = query
    const errand: Errand = { provider: name, intent, challenge, returnTo: returnPath(query.return_to) }
    if (challenge === null && needsCode(errand, parts)) return fail(errand.returnTo, 'challenge_missing', parts)
    const { secret, handshake } = await parts.handshakes.begin(errand, redirectUriOf(provider, parts))
    try {
      const reply = goTo(await provider.begin(handshake))
      return { ...reply, handshake: { act: 'set', value: secret, maxAge: handshakeTtl } }
    } catch (cause) {
      if (!(cause instanceof ProviderFailed)) throw cause
      return fail(errand.returnTo, 'provider_unreachable', parts)
    }
  },
)

export const oauthCallback = route(
  {
    name: 'oauthCallback',
    method: 'GET',
    path: '/auth/oauth/:provider/callback',
    summary: 'Where a provider sends the browser back: signs it in, or hands over, and goes on to the app.',
    params,
    query: z.record(z.string(), z.string()),
    status: 302,
    output: null,
    codes: ['not_found'],
    limit: 'credential',
    needs: {},
  },
  async ({ call, params: { provider: name }, query, parts }) => {
    const provider = parts.providers.get(name)
    if (provider === undefined) return notFound()
    const reading = readCookie(call.headers['cookie'], cookieName(parts.settings.cookie, 'handshake'))
    const returned = {
      provider: name,
      state: query['state'] ?? '',
      secret: reading.found === 'one' ? reading.value : '',
    }
    const taken = await parts.handshakes.take(returned, redirectUriOf(provider, parts))
    if (taken === null) return over(fail('/', 'handshake_expired', parts))
    const { errand, handshake } = taken
    if (query['error'] === 'access_denied') return over(fail(errand.returnTo, 'cancelled', parts))
    try {
      const user = await provider.finish(handshake, query)
      return over(
        errand.intent === 'link' ? await handOver(user, errand, parts) : await signIn(user, errand, call, parts),
      )
    } catch (cause) {
      if (!(cause instanceof ProviderFailed)) throw cause
      parts.tell('login_refused', null)
      return over(fail(errand.returnTo, `provider_${cause.reason}`, parts))
    }
  },
)

async function signIn(user: ProviderUser, errand: Errand, call: Call, parts: Parts): Promise<Reply> {
  const { federation, handovers, secondFactor, settings, tell } = parts
  const entry = await federation.enter(user, errand.provider)
  if ('refused' in entry) {
    tell('login_refused', null)
    return fail(errand.returnTo, entry.refused, parts)
  }
  const { account } = entry
  if (settings.transport === 'body' || (await secondFactor.status(account.id)).totp) {
    if (errand.challenge === null) return fail(errand.returnTo, 'challenge_missing', parts)
    const bond = await bondOf(account, ['fed'])
    const code = await handovers.give({ intent: 'sign-in', accountId: account.id, bond }, errand.challenge)
    return goTo(page(errand.returnTo, { fragment: { oauth_code: code } }, parts))
  }
  const { status, cookie } = await admit(account, { call, parts, amr: ['fed'] })
  if (status !== 200) return fail(errand.returnTo, 'account_disabled', parts)
  return { ...goTo(page(errand.returnTo, { fragment: { oauth: 'signed-in' } }, parts)), cookie }
}

/** What is to be linked goes to the page, which shows its bearer for it: nobody links by a navigation alone. */
async function handOver(user: ProviderUser, errand: Errand, parts: Parts): Promise<Reply> {
  const { issuer, subject, email } = user
  const handover = { intent: 'link', provider: errand.provider, issuer, subject, email } as const
  const code = await parts.handovers.give(handover, errand.challenge ?? '')
  return goTo(page(errand.returnTo, { fragment: { oauth_link: code } }, parts))
}

/** Where no cookie may hold the session, and what the page must confirm; a second factor may ask for a code as well. */
const needsCode = ({ intent }: Errand, { settings }: Parts): boolean =>
  intent === 'link' || settings.transport === 'body'

const redirectUriOf = ({ name }: Provider, { settings }: Parts): string =>
  `${settings.publicUrl()}/auth/oauth/${encodeURIComponent(name)}/callback`

const page = (path: string, told: Parameters<typeof appPage>[2], { settings }: Parts): string =>
  appPage(settings.appUrl, path, told)

const fail = (path: string, code: string, parts: Parts): Reply =>
  goTo(page(path, { query: { oauth_error: code } }, parts))

const goTo = (location: string): Reply => ({ status: 302, headers: { location }, cookie: { act: 'leave' } })

const over = (reply: Reply): Reply => ({ ...reply, handshake: { act: 'clear' } })

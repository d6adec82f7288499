// Finds a login, a refresh and the rest where no profile knows them. Its secret: which answer says that a door is the right one.
import type { Profile, WireCall } from '@latchkey/core'
import { openBrowser, Unanswered, type Browser, type Exchange, type SendOptions } from './browser.js'
import { accessIn, refreshIn, userIn, valueAt, type Place } from './places.js'
import { logins, logouts, names, prefixes, refreshes, registers, schemes, users } from './route-names.js'
import { createSecrets } from './secrets.js'
import { madeUpEmail, type Target } from './stage.js'

export type Backend = Omit<Target, 'profile'>
type Method = WireCall['method']

/** How the refresh credential travels: in a cookie, in a field of the body, in the query, or as the bearer. */
type Way = { readonly by: 'cookie' | 'header' | 'access' } | { readonly by: 'json' | 'query'; readonly field: string }

/** What was seen of an unknown backend; null for what was not. */
export type Probed = {
  readonly login: { readonly path: string; readonly name: string; readonly form: boolean; readonly answer: Exchange }
  readonly access: Place | 'header' | null
  readonly scheme: string
  readonly me: { readonly path: string; readonly answer: Exchange } | null
  readonly refresh: {
    readonly method: Method
    readonly path: string
    readonly way: Way
    readonly answer: Exchange
    readonly refusal: Exchange
  } | null
  readonly logout: { readonly method: Method; readonly path: string } | null
  readonly register: string | null
}

/** As the client would ask where no profile says anything of it. */
const plain: Profile = {
  name: 'unknown',
  bearer: 'header',
  refreshToken: 'body',
  login: (json) => ({ method: 'POST', path: '', json }),
  refresh: () => ({ method: 'POST', path: '' }),
  readGrant: () => ({ accessToken: null }),
  readUser: (body) => body,
  isRefused: () => false,
}

/** Knocks at some hundred routes; null where none of them signs anybody in. */
export async function probe(backend: Backend): Promise<Probed | null> {
  const browser = openBrowser({ ...backend, profile: plain, secrets: createSecrets() })
  const ask = (call: WireCall, options: SendOptions = {}): Promise<Exchange | null> =>
    browser.send(call, options).catch((error: unknown) => {
      if (error instanceof Unanswered) return null
      throw error
    })
  const doors = await open(
    prefixes.flatMap((prefix) => logins.map((name) => prefix + name)),
    ask,
  )
  const [register, account] =
    backend.credentials === null ? await signUp(backend, doors, ask) : [null, backend.credentials]
  const login = await enter(doors, account, ask)
  if (login === null) return null
  const own = prefixes.find((prefix) => prefix !== '' && login.path.startsWith(prefix)) ?? ''
  const near = [...new Set([own, ...prefixes])]
  const place = accessIn(login.answer.json)
  const inHeader = login.answer.headers.get('Authorization')?.replace(/^\w+ /, '') ?? null
  const token = place === null ? inHeader : String(valueAt(login.answer.json, place))
  const access = place ?? (inHeader === null ? null : ('header' as const))
  const { me, scheme } = await whoAmI(near, token, ask)
  const refresh = await renew(near, login, token, browser, ask)
  const logout = await leave([own], bearing(scheme, token), ask)
  return { login, access, scheme, me, refresh, logout, register }
}

type Ask = (call: WireCall, options?: SendOptions) => Promise<Exchange | null>
/** Whether it brings a token, wherever that is. */
const isGrant = ({ json, headers, cookies }: Exchange): boolean =>
  accessIn(json) !== null || headers.has('Authorization') || cookies.length > 0
const isMissing = (answer: Exchange | null): boolean => answer === null || [404, 405, 501].includes(answer.status)

/** The paths behind which something answers a POST. */
async function open(paths: readonly string[], ask: Ask): Promise<readonly string[]> {
  const found: string[] = []
  for (const path of paths) if (!isMissing(await ask({ method: 'POST', path, json: {} }))) found.push(path)
  return found
}

type Account = Readonly<Record<string, unknown>>

async function signUp(
  { fields }: Backend,
  doors: readonly string[],
  ask: Ask,
): Promise<readonly [string | null, Account]> {
  const email = madeUpEmail()
  const account = { email, username: email.split('@')[0] ?? '', password: `Aa1-${crypto.randomUUID()}` }
  const near = doors.map((door) => door.slice(0, door.lastIndexOf('/') + 1))
  for (const path of [...new Set([...near, ...prefixes])].flatMap((prefix) => registers.map((name) => prefix + name)))
    for (const sent of [
      { ...fields, ...account },
      { ...fields, email, password: account.password },
    ])
      if ((await ask({ method: 'POST', path, json: sent }))?.ok) return [path, account]
  return [null, account]
}

async function enter(doors: readonly string[], account: Account, ask: Ask): Promise<Probed['login'] | null> {
  const { password, email, username } = account
  const known = [...new Set([email, username].filter((name) => typeof name === 'string'))]
  for (const path of doors)
    for (const form of [false, true])
      for (const name of names)
        for (const who of known) {
          const spelled = { [name]: who, password: String(password) }
          const answer = await ask({ method: 'POST', path, ...(form ? { form: spelled } : { json: spelled }) })
          if (answer?.ok && isGrant(answer)) return { path, name, form, answer }
        }
  return null
}

/** The header that bears a token, by one of the schemes. */
function bearing(scheme: string, token: string | null): Readonly<Record<string, string>> {
  const [header = '', word = ''] = scheme.split(':')
  return token === null ? {} : { [header]: `${word} ${token}`.trim() }
}

async function whoAmI(near: readonly string[], token: string | null, ask: Ask): Promise<Pick<Probed, 'me' | 'scheme'>> {
  for (const path of near.flatMap((prefix) => users.map((name) => prefix + name))) {
    const call: WireCall = { method: 'GET', path }
    const stranger = await ask(call, { cookies: false })
    if (stranger === null || ![401, 403].includes(stranger.status)) continue
    for (const scheme of token === null ? [''] : schemes) {
      const answer = await ask(call, { cookies: token === null, headers: bearing(scheme, token) })
      if (answer?.ok && userIn({ answer: answer.json }) !== null) return { me: { path, answer }, scheme }
    }
  }
  return { me: null, scheme: schemes[0] ?? '' }
}

async function renew(
  near: readonly string[],
  login: Probed['login'],
  token: string | null,
  browser: Browser,
  ask: Ask,
): Promise<Probed['refresh']> {
  const place = refreshIn(login.answer.json)
  const held = place === null ? null : String(valueAt(login.answer.json, place))
  const fields = [...new Set([place?.at(-1) ?? 'refresh_token', 'refresh_token', 'refreshToken', 'refresh', 'token'])]
  const bodies = fields.flatMap((field): readonly Way[] => [
    { by: 'json', field },
    { by: 'query', field },
  ])
  const ways: readonly Way[] =
    held === null
      ? login.answer.cookies.length > 0
        ? [{ by: 'cookie' }]
        : [{ by: 'access' }]
      : [...bodies, { by: 'header' }]
  for (const path of near.flatMap((prefix) => refreshes.map((name) => prefix + name)))
    for (const method of ['POST', 'PUT', 'GET'] as const) {
      if (isMissing(await ask({ method, path }, { cookies: false }))) continue
      for (const way of ways) {
        const [call, options] = spend(method, path, way, held ?? token ?? '')
        const answer = await ask(call, options)
        if (!answer?.ok || !isGrant(answer)) continue
        const [wrong, bare] = spend(method, path, way, 'not-a-token')
        const refusal = await browser.send(wrong, { ...bare, cookies: false })
        return { method, path, way, answer, refusal }
      }
    }
  return null
}

function spend(method: Method, path: string, way: Way, token: string): readonly [WireCall, SendOptions] {
  const call = { method, path }
  if (way.by === 'json') return [{ ...call, json: { [way.field]: token } }, { cookies: false }]
  if (way.by === 'query') return [{ ...call, query: { [way.field]: token } }, { cookies: false }]
  if (way.by === 'cookie') return [call, {}]
  return [call, { cookies: false, headers: { Authorization: `Bearer ${token}` } }]
}

async function leave(
  near: readonly string[],
  headers: Readonly<Record<string, string>>,
  ask: Ask,
): Promise<Probed['logout']> {
  for (const path of near.flatMap((prefix) => logouts.map((name) => prefix + name)))
    for (const method of path.endsWith('out') ? (['POST', 'DELETE'] as const) : (['DELETE'] as const))
      if ((await ask({ method, path }, { headers }))?.ok) return { method, path }
  return null
}

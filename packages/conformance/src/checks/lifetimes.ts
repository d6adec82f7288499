// How long what lives, and whether a page can know. Its secret: three places that tell it, and which of them pages can read.
import type { Check } from '../check.js'
import type { Stage } from '../stage.js'
import { fail, pass, warn, worst, type Seen } from '../finding.js'
import { claimsOf } from '../token.js'

const hour = 3_600
const quarter = 90 * 24 * hour

export const lifetimes: Check = {
  id: 'lifetimes',
  title: 'Access tokens are short-lived, and the page can know for how long',
  why: 'A stolen access token works until it expires. A page that cannot know when learns it from failing requests.',
  fix: 'Five to fifteen minutes, told as expires_in (seconds); or iat and exp in the JWT; or Access-Control-Expose-Headers: Date.',
  async look(stage) {
    const visitor = stage.visitor()
    await stage.signIn()
    const { headers, cookies } = await visitor.login(await stage.account())
    const refreshes = new Set((await visitor.refreshCookies()).map(({ key }) => key))
    const lives = cookies
      .filter(({ key }) => refreshes.has(key))
      .map(({ maxAge }) => (typeof maxAge === 'number' ? maxAge : null))
    const seen = [judgeAccess(stage, visitor.grant()?.accessToken ?? null, visitor.grant()?.expiresIn, headers)]
    if (lives.some((life) => life !== null && life > quarter))
      seen.push(warn('The refresh cookie lives for more than 90 days.'))
    return worst(seen)
  },
}

function judgeAccess(
  { target, profile }: Stage,
  token: string | null,
  told: number | undefined,
  headers: Headers,
): Seen {
  const { iat, exp } = (token === null ? null : claimsOf(token)) ?? {}
  const [from, until] = [asNumber(iat), asNumber(exp)]
  const signed = until === null ? null : until - (from ?? serverTime(headers))
  const seconds = told ?? signed ?? profile.lifetime
  if (seconds === undefined) return warn('Nothing says how long the access token lives.')
  if (told !== undefined && signed !== null && Math.abs(told - signed) > 60)
    return fail(`expires_in says ${told} s, the token itself ${Math.round(signed)} s.`)
  if (seconds > 24 * hour) return fail(`An access token lives for ${Math.round(seconds / hour)} hours.`)
  if (seconds > hour) return warn(`An access token lives for ${Math.round(seconds / 60)} minutes.`)
  const isReadable =
    told !== undefined || from !== null || profile.lifetime !== undefined || canReadDate(target, headers)
  if (!isReadable)
    return warn(
      `The token has exp and no iat, and a page of ${target.origin} cannot read the answer’s Date.`,
      'Name the lifetime in the profile (`lifetime: 900`), or tell it as expires_in.',
    )
  return pass(`An access token lives for ${Math.round(seconds)} s.`)
}

function canReadDate({ origin, baseURL }: Stage['target'], headers: Headers): boolean {
  return origin === new URL(baseURL).origin || /\bdate\b|\*/i.test(headers.get('Access-Control-Expose-Headers') ?? '')
}

const asNumber = (value: unknown): number | null => (typeof value === 'number' ? value : null)
const serverTime = (headers: Headers): number => (Date.parse(headers.get('Date') ?? '') || Date.now()) / 1000

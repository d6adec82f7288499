// The cookies of a login, by their attributes; their values stay unread but for their length.
import type { Cookie } from 'tough-cookie'
import type { Check } from '../check.js'
import { fail, pass, skip, warn, worst, type Seen } from '../finding.js'
import { isLoopback } from '../loopback.js'

export const cookieFlags: Check = {
  id: 'cookie-flags',
  title: 'Token cookies are out of reach of scripts, other sites and plain http',
  why: 'HttpOnly keeps the token from injected scripts, Secure from the network, SameSite from other sites’ forms.',
  fix: 'Set-Cookie: __Host-refresh=…; HttpOnly; Secure; SameSite=Strict; Path=/ (no Domain).',
  async look(stage) {
    const { profile, target } = stage
    if (profile.refreshToken !== 'cookie' && profile.bearer === 'header') return skip('This profile uses no cookies.')
    const visitor = stage.visitor()
    await stage.signIn()
    const { cookies, content, call } = await visitor.login(await stage.account())
    const tokens = cookies.filter(({ key }) => !/csrf|xsrf/i.test(key))
    if (tokens.length === 0) return fail(`${call} set no cookie.`)
    const url = new URL(target.baseURL)
    return worst(tokens.flatMap((cookie) => [...judge(cookie, url), ...judgeReach(cookie, content)]))
  },
}

function judge(cookie: Cookie, url: URL): readonly Seen[] {
  const { key, httpOnly, secure, sameSite, domain } = cookie
  const seen: Seen[] = []
  if (!httpOnly) seen.push(fail(`${key} has no HttpOnly.`))
  if (!secure)
    seen.push(
      url.protocol === 'http:' && isLoopback(url)
        ? warn(`${key} has no Secure: fine on this machine, not in production.`)
        : fail(`${key} has no Secure.`),
    )
  if (sameSite === undefined) seen.push(warn(`${key} has no SameSite, which browsers read differently.`))
  if (sameSite === 'none') seen.push(warn(`${key} is SameSite=None: every site can make the browser send it.`))
  if (domain !== null && domain !== undefined) seen.push(warn(`${key} has a Domain: every subdomain gets it.`))
  return seen.length > 0 ? seen : [pass(`${key}: HttpOnly, Secure, SameSite=${String(sameSite)}.`)]
}

function judgeReach(cookie: Cookie, content: string): readonly Seen[] {
  const seen: Seen[] = []
  if (cookie.value.length >= 16 && content.includes(cookie.value))
    seen.push(fail(`${cookie.key} is in the body too, where scripts can read it.`, 'Leave the token out of the body.'))
  if (cookie.cookieString().length > 4_096)
    seen.push(fail(`${cookie.key} is larger than the 4,096 bytes that browsers keep.`))
  return seen
}

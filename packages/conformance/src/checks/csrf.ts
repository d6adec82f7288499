// Another site's form posts to the refresh and the logout. Its secret: what a form can send, and what SameSite leaves open.
import type { Check } from '../check.js'
import type { WireCall } from '@latchkey/core'
import { fail, pass, skip, warn, worst, type Seen } from '../finding.js'
import { isLookedAt, type Visitor } from '../visitor.js'

const attacker = { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate', 'Content-Type': 'text/plain' }

export const csrf: Check = {
  id: 'csrf',
  title: 'Another site cannot act on the cookie',
  why: 'Browsers send cookies with requests that other sites start. SameSite stops most; a sibling subdomain, or SameSite=None, gets through.',
  fix: 'On routes that act on a cookie demand a custom header, and an allowed Origin (or Sec-Fetch-Site: same-origin); set SameSite=Strict.',
  async look(stage) {
    const { profile } = stage
    if (profile.refreshToken !== 'cookie' && profile.bearer === 'header')
      return skip('No cookie speaks for anybody here.')
    const visitor = await stage.signIn()
    const cookies = await visitor.refreshCookies()
    if (cookies.length === 0) return skip('There is no cookie to act on.')
    const sites = cookies.map(({ sameSite }) => sameSite ?? 'missing')
    // A look at a session changes nothing, whoever makes the browser take it.
    const seen = isLookedAt(profile) ? [] : [await forge(visitor, profile.refresh(), sites)]
    const logout = profile.logout?.({ everywhere: false, refreshToken: undefined })
    if (logout !== undefined) seen.push(await forge(visitor, logout, sites))
    return worst(seen)
  },
}

async function forge(visitor: Visitor, call: WireCall, sites: readonly string[]): Promise<Seen> {
  const { headers: _, json: __, ...bare } = call
  const thief = await visitor.copy()
  const {
    ok,
    status,
    call: name,
  } = await thief.browser.send(bare, { origin: 'https://evil.example', headers: attacker, foreign: true })
  if (!ok) return pass(`${name}: a form of another site gets ${status}.`)
  const open = sites.find((site) => site !== 'strict' && site !== 'lax')
  if (open !== undefined)
    return fail(`${name}: a form of another site gets ${status}, and the cookie’s SameSite is ${open}.`)
  if (call.method === 'GET' && sites.includes('lax'))
    return fail(`${name} changes something by GET, which SameSite=Lax lets through.`)
  return warn(`${name}: only SameSite=${sites.join(', ')} keeps other sites’ forms out; a sibling subdomain passes.`)
}

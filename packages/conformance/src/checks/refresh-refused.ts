// A refresh with nothing and with nonsense; its secret is that the client ends a session on the profile's no alone.
import type { Check } from '../check.js'
import { fail, pass, worst, type Seen } from '../finding.js'
import type { Exchange } from '../browser.js'
import type { Profile } from '@latchkey/core'

export const refreshRefused: Check = {
  id: 'refresh-refused',
  title: 'A refused refresh is told from an outage',
  why: 'The client signs out on a clear no only. An unclear one is taken for an outage: the app says “reconnecting” for ever.',
  fix: 'Answer a refresh without a valid token with 401 and the JSON that the profile’s isRefused reads.',
  async look(stage) {
    const { profile } = stage
    const call = profile.refresh(profile.refreshToken !== 'cookie' ? 'not-a-token-of-this-server' : undefined)
    const cookies = profile.refreshToken === 'cookie' ? await (await stage.signIn()).refreshCookies() : []
    const browser = stage.browser()
    const spoilt = { Cookie: cookies.map(({ key }) => `${key}=not-a-token-of-this-server`).join('; ') }
    const seen = [judge(profile, 'without a token', await browser.send(call))]
    if (cookies.length > 0)
      seen.push(judge(profile, 'with a made-up token', await browser.send(call, { headers: spoilt, cookies: false })))
    return worst(
      profile.refreshToken !== 'cookie' ? [judge(profile, 'with a made-up token', await browser.send(call))] : seen,
    )
  },
}

function judge(profile: Profile, how: string, { call, status, json }: Exchange): Seen {
  if (status < 400) return fail(`${call} ${how} answered ${status}.`)
  if (json === undefined) return fail(`${call} ${how} answered ${status} without JSON.`)
  return profile.isRefused(status, json) === false
    ? fail(`${call} ${how} answered ${status}, which the profile does not take for a refusal.`)
    : pass(`${call} ${how}: ${status}, understood.`)
}

// What a page of the app's own origin may read. Its secret: with credentials, a star counts for nothing.
import type { Check } from '../check.js'
import type { Exchange } from '../browser.js'
import type { Profile } from '@latchkey/core'
import { fail, pass, skip, warn, worst, type Seen } from '../finding.js'

export const cors: Check = {
  id: 'cors',
  title: 'The app’s page may read the answers',
  why: 'Without these headers the browser hides every answer from the page, and the client sees an unreachable server.',
  fix: 'Answer the app’s origin with Access-Control-Allow-Origin: <that origin> and, for cookies, Access-Control-Allow-Credentials: true, on errors too.',
  async look(stage) {
    const { origin, baseURL } = stage.target
    if (origin === new URL(baseURL).origin) return skip('The page is of the API’s own origin.')
    const visitor = stage.visitor()
    await stage.signIn()
    const login = await visitor.login(await stage.account())
    const refresh = await visitor.refresh()
    const refused = await stage.browser().send(stage.profile.refresh('not-a-token-of-this-server'))
    return worst([login, refresh, refused].map((answer) => judge(answer, stage.profile, origin)))
  },
}

function judge({ call, status, headers }: Exchange, profile: Profile, origin: string): Seen {
  const allowed = headers.get('Access-Control-Allow-Origin')
  const withCookies = profile.refreshToken === 'cookie' || profile.bearer === 'cookie'
  const which = `${call} (${status})`
  if (allowed === '*' && withCookies) return fail(`${which} allows *, which browsers refuse where cookies travel.`)
  if (allowed !== origin && allowed !== '*') return fail(`${which} does not allow ${origin}.`)
  if (withCookies && headers.get('Access-Control-Allow-Credentials') !== 'true')
    return fail(`${which} does not allow credentials.`)
  if (allowed === origin && !/\borigin\b|\*/i.test(headers.get('Vary') ?? ''))
    return warn(`${which} has no Vary: Origin, so that a cache can give one site’s answer to another.`)
  return pass(`${which} allows ${origin}.`)
}

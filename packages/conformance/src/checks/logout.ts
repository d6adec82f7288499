// Signs out, and comes back with what was held before. Its secret: forgetting a cookie is not revoking it.
import type { Check } from '../check.js'
import { fail, pass, skip, warn } from '../finding.js'
import { isLookedAt } from '../visitor.js'
import { noRefreshToken } from './no-refresh-token.js'

export const logout: Check = {
  id: 'logout',
  title: 'A logout revokes the session on the server',
  why: 'Who has copied the token stays in where a logout only forgets it in the browser.',
  fix: 'Mark the session as ended on the server, and clear the cookie with the attributes it was set with.',
  async look(stage) {
    const visitor = await stage.signIn()
    const thief = await visitor.copy()
    const held = await visitor.refreshToken()
    const answer = await visitor.logout()
    if (answer === null)
      return warn(
        'The profile has no logout: a copied token works until it expires.',
        'Offer a route that revokes the refresh token.',
      )
    if (!answer.ok) return fail(`${answer.call} answered ${answer.status} to somebody who is signed in.`)
    if (held === null && !isLookedAt(stage.profile)) return skip(noRefreshToken)
    if ((await visitor.refreshCookies()).length > 0)
      return fail(`${answer.call} answered ${answer.status}, and the cookie is still there.`)
    const again = await thief.refresh()
    return again.ok
      ? fail(`${answer.call} answered ${answer.status}, and a copy of the token still works.`)
      : pass(`A copy of the token gets ${again.status} afterwards.`)
  },
}

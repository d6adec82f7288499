// Two refreshes in a row; its secret is that a token that comes back unchanged lives as long as the session.
import type { Check } from '../check.js'
import { fail, pass, skip } from '../finding.js'
import { noRefreshToken } from './no-refresh-token.js'

export const rotation: Check = {
  id: 'rotation',
  title: 'Each refresh replaces the refresh token',
  why: 'A refresh token that is never replaced, once stolen, works until it expires, and nobody can notice (RFC 9700 §4.14.2).',
  fix: 'Issue a new refresh token with every exchange, and mark the old one as spent in the same transaction.',
  async look(stage) {
    const visitor = await stage.signIn()
    const first = await visitor.refreshToken()
    if (first === null) return skip(noRefreshToken)
    const { status, call, ok } = await visitor.refresh()
    if (!ok) return fail(`${call} answered ${status} to the token of a login.`)
    const second = await visitor.refreshToken()
    if (second === first) return fail(`${call} answered ${status}, and the refresh token stayed the same.`)
    const again = await visitor.refresh()
    return again.ok
      ? pass('A refresh replaced it, and the next one took what that brought.')
      : fail(`The token of a refresh was refused: ${again.status}.`)
  },
}

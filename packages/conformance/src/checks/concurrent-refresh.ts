// Two refreshes with one token at once, as two tabs send them. Its secret: what each of the four outcomes does to people.
import type { Check } from '../check.js'
import { fail, pass, skip, warn } from '../finding.js'
import { noRefreshToken } from './no-refresh-token.js'

export const concurrentRefresh: Check = {
  id: 'concurrent-refresh',
  title: 'Two refreshes at once neither sign out nor fork the session',
  why: 'Tabs, a lost reply and a reload in the middle present a token twice. A strict server signs people out; a careless one makes two sessions of one.',
  fix: 'Rotate under a lock on the family, and give a repeat within some seconds the same successor (a grace), as ROTATION in Latchkey’s server does.',
  async look(stage) {
    const first = await stage.signIn()
    const token = await first.refreshToken()
    if (token === null) return skip(noRefreshToken)
    const second = await first.copy()
    const [one, two] = await Promise.all([first.refresh(), second.refresh()])
    if (one.ok && two.ok) {
      const [left, right] = [await first.refreshToken(), await second.refreshToken()]
      if (left === right)
        return pass(left === token ? 'Both got a grant; the token is not replaced.' : 'Both got the same successor.')
      return bothLive(await first.refresh(), await second.refresh())
    }
    if (!one.ok && !two.ok)
      return fail(`Both were refused (${one.status}, ${two.status}): whoever opens two tabs is signed out.`)
    const winner = one.ok ? first : second
    const after = await winner.refresh()
    return after.ok
      ? warn(
          'One was refused: a tab that loses the race, or whoever loses a reply, has to log in. Latchkey’s tabs take turns; lost replies remain.',
        )
      : warn(
          'One was refused and ended the session for both: a lost reply signs out everywhere. Latchkey’s tabs take turns; lost replies remain.',
        )
  },
}

function bothLive(one: { readonly ok: boolean }, two: { readonly ok: boolean }) {
  if (one.ok && two.ok)
    return fail('One token bought two successors, and both live: the rotation is not atomic, or there is none.')
  return warn(
    'Both got a grant with different successors, and one of them is dead: that tab is signed out at its next refresh.',
  )
}

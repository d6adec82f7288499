// Guesses one password after another. Its secret: it guesses at an account that nobody misses.
import type { Check } from '../check.js'
import { fail, pass, skip, warn } from '../finding.js'
import { madeUpEmail, withPassword } from '../stage.js'

export const rateLimit: Check = {
  id: 'rate-limit',
  title: 'Guessing passwords is slowed down',
  why: 'Without a limit a list of leaked passwords is tried in an afternoon.',
  fix: 'Count failures by account and by address before hashing, and answer 429 with Retry-After; do not lock accounts, which strangers could use.',
  async look(stage) {
    const { attempts } = stage.target
    if (attempts === 0) return skip('Switched off by --attempts 0.')
    const account = await stage.account()
    const name = madeUpEmail()
    // Not somebody’s own account, which the guesses might lock.
    const victim = stage.isOwnAccount ? account : Object.fromEntries(Object.keys(account).map((key) => [key, name]))
    for (let attempt = 1; attempt <= attempts; attempt++) {
      const { status, headers } = await stage.visitor().login(withPassword(victim, `Wrong-${attempt}-horse-battery`))
      if (status === 429) {
        return headers.has('Retry-After')
          ? pass(`429 with Retry-After at wrong password ${attempt}.`)
          : warn(`429 at wrong password ${attempt}, without Retry-After.`)
      }
      if (status === 423 || status === 403)
        return warn(`${status} at wrong password ${attempt}: locked, which a stranger can do to anybody.`)
    }
    return fail(`${attempts} wrong passwords in a row, and no limit.`)
  },
}

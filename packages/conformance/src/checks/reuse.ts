// A thief comes second. Its secret: when the successor has been used, only theft explains the old token.
import type { Check } from '../check.js'
import { fail, pass, skip } from '../finding.js'
import type { Stage } from '../stage.js'
import type { Visitor } from '../visitor.js'
import { noRefreshToken } from './no-refresh-token.js'

export const reuse: Check = {
  id: 'reuse',
  title: 'A spent refresh token that comes back ends the session',
  why: 'Either the thief or the owner holds the newer token, and the server cannot know which: only ending both is safe (RFC 9700 §4.14.2).',
  fix: 'Keep spent tokens (as hashes) with their family; when one comes back, revoke the family, and commit that although the answer is 401.',
  async look(stage) {
    const visitor = await stage.signIn()
    const [thief, late] = [await visitor.copy(), await visitor.copy()]
    const first = await visitor.refreshToken()
    if (first === null) return skip(noRefreshToken)
    await visitor.refresh()
    const second = await visitor.refreshToken()
    if (second === first) return fail('The refresh token is not replaced, so that its theft cannot show.')
    if (!(await spend(visitor, second, stage)))
      return skip('The successor was not replaced in time: its theft cannot be tried.')
    let stolen = await thief.refresh()
    if (stolen.ok) {
      // Perhaps within a grace: an honest late reply looks the same.
      await stage.sleep(patience)
      stolen = await late.refresh()
      if (stolen.ok) return fail(`A token that was spent two refreshes ago still works: ${stolen.status}.`)
    }
    const after = await visitor.refresh()
    return after.ok
      ? fail(
          `The spent token was refused (${stolen.status}), but the session goes on: a thief who comes first keeps it.`,
        )
      : pass(`The spent token was refused (${stolen.status}), and so was its successor.`)
  },
}

const patience = 61_000
const step = 5_000

/** Uses the successor, until it is replaced too: within its grace a server may give the same one again. */
async function spend(visitor: Visitor, successor: string | null, stage: Stage): Promise<boolean> {
  for (let waited = 0; waited <= patience; waited += step) {
    await visitor.acknowledge()
    if (!(await visitor.refresh()).ok) return false
    if ((await visitor.refreshToken()) !== successor) break
    await stage.sleep(step)
  }
  await visitor.acknowledge()
  return (await visitor.refreshToken()) !== successor
}

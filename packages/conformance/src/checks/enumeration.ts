// A stranger and a wrong password, side by side. Its secret: which differences are noise (ids, times) and which tell.
import type { Check } from '../check.js'
import type { Exchange } from '../browser.js'
import { fail, pass, skip } from '../finding.js'
import { madeUpEmail, withPassword } from '../stage.js'

const wrong = 'Wrong-1-horse-battery'

export const enumeration: Check = {
  id: 'enumeration',
  title: 'A login does not tell who has an account',
  why: 'Different answers for a wrong password and an unknown name let anybody test a list of addresses.',
  fix: 'One status and one message for both; and hash a password for unknown names too, so that the time tells nothing either.',
  async look(stage) {
    const account = await stage.account()
    const name = madeUpEmail()
    const stranger = Object.fromEntries(Object.keys(account).map((key) => [key, key === 'password' ? wrong : name]))
    const known = await stage.visitor().login(withPassword(account, wrong))
    const unknown = await stage.visitor().login(stranger)
    if (known.status === 429 || unknown.status === 429) return skip('The rate limit came first.')
    if (known.status !== unknown.status)
      return fail(`A wrong password gets ${known.status}, an unknown name ${unknown.status}.`)
    if (told(known, stage.profile.readProblem) !== told(unknown, stage.profile.readProblem))
      return fail(`Both get ${known.status}, but with different bodies.`)
    return pass(`A wrong password and an unknown name both get ${known.status}, and the same words.`)
  },
}

/** What the answer says, without what differs from answer to answer. */
function told({ status, json }: Exchange, readProblem?: (status: number, body: unknown) => unknown): string {
  const said = readProblem === undefined ? json : [readProblem(status, json), keysOf(json)]
  return JSON.stringify(said) ?? ''
}

const keysOf = (json: unknown): readonly string[] =>
  typeof json === 'object' && json !== null ? Object.keys(json).toSorted() : []

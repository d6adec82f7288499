// Tokens that somebody made from a real one; its secret is the forgeries that real servers have let in.
import type { Check } from '../check.js'
import { fail, pass, skip } from '../finding.js'
import { claimsOf, forge } from '../token.js'

export const forgedToken: Check = {
  id: 'forged-token',
  title: 'A forged access token is refused',
  why: 'Whoever can write a token is anybody they like. Libraries have taken `alg: none` and swapped claims before.',
  fix: 'Verify with a maintained JWT library, and name the one algorithm that is allowed.',
  async look(stage) {
    const call = stage.protectedCall()
    const visitor = await stage.signIn()
    const token = visitor.grant()?.accessToken ?? null
    if (token === null) return skip('The access token is in a cookie, out of a page’s reach.')
    if (claimsOf(token) === null) return skip('The access token is opaque: there is nothing to forge.')
    if (call === null) return skip('No protected route is known: name one by --protected.')
    if (!(await visitor.ask(call)).ok) return skip('The protected route does not take the real token either.')
    const far = Math.floor(Date.now() / 1000) + 86_400
    const forgeries = {
      'changed claims under the old signature': forge(token, { claims: { exp: far, role: 'admin' } }),
      'no signature': forge(token, { signature: '' }),
      'alg: none': forge(token, { header: { alg: 'none' }, signature: '' }),
      'alg: nOnE': forge(token, { header: { alg: 'nOnE' }, signature: '' }),
    }
    for (const [what, forged] of Object.entries(forgeries)) {
      stage.secrets.add(forged)
      const { ok, status } = await visitor.ask(call, { bearer: forged })
      if (ok) return fail(`A token with ${what} was let in: ${status}.`)
    }
    return pass('Changed claims, a missing signature and alg: none are refused.')
  },
}

// A wrong password, as the client reads the answer; its secret is that a refusal must not look like anything else.
import { createAuthClient, isAuthError } from '@latchkey/core'
import type { Check } from '../check.js'
import { fail, pass } from '../finding.js'
import { withPassword } from '../stage.js'

export const loginRefused: Check = {
  id: 'login-refused',
  title: 'A wrong password is refused, and the client knows it',
  why: 'A form can say “wrong password” only if that answer differs from a bad request, an outage and a redirect.',
  fix: 'Answer 401 with a JSON body; or give the profile a readProblem that returns code: "invalid_credentials".',
  async look(stage) {
    const { baseURL, profile } = stage.target
    const { fetch } = stage.browser()
    const auth = createAuthClient<unknown>({ baseURL, profile, fetch, tabs: false, refresh: { proactive: 'never' } })
    try {
      await auth.login(withPassword(await stage.account(), 'Wrong-1-horse-battery'))
      return fail('A wrong password signed in.', 'Check the password: this backend signs in anybody.')
    } catch (error) {
      if (isAuthError(error, 'invalid_credentials'))
        return pass(`${error.status ?? 'The answer'} is read as invalid_credentials.`)
      if (!isAuthError(error)) return fail('The profile threw at the refusal.')
      return fail(`The client reads ${error.status ?? 'the answer'} as ${error.code}, not as invalid_credentials.`)
    } finally {
      auth.dispose()
    }
  },
}

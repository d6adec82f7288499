// The real client signs in; its secret is that nothing but the client decides whether the profile fits.
import { createAuthClient, isAuthError } from '@latchkey/core'
import type { Check } from '../check.js'
import { fail, pass } from '../finding.js'
import { NotSignedIn } from '../stage.js'

export const login: Check = {
  id: 'login',
  title: 'Login works as the profile says',
  why: 'If the client cannot read the answer to a login, nobody gets in, and nothing else can be looked at.',
  fix: 'Compare the answer with the profile’s docstring; rename its fields by spreading the profile: `{ ...profile, readGrant: … }`.',
  async look(stage) {
    const credentials = await stage.account().catch(orNot)
    if (credentials instanceof NotSignedIn) return fail(credentials.message)
    // The same wait for a rate limit as everybody else.
    await stage.signIn().catch(orNot)
    const { fetch, show } = stage.browser()
    show()
    const { baseURL, profile } = stage.target
    const auth = createAuthClient<unknown>({ baseURL, profile, fetch, tabs: false, refresh: { proactive: 'never' } })
    try {
      const result = await auth.login(credentials)
      const session = auth.$session.get()
      if (result.status !== 'authenticated' || session.status !== 'authenticated')
        return fail('The account has a second factor, and this kit has none: name another one.')
      const life =
        session.expiresAt === null ? 'for a time that it does not say' : `for ${secondsUntil(session.expiresAt)} s`
      return pass(`The client is signed in ${life}, and knows who it is.`)
    } catch (error) {
      return fail(isAuthError(error) ? `The client says ${error.code}: ${error.message}` : 'The profile threw.')
    } finally {
      auth.dispose()
    }
  },
}

const secondsUntil = (at: number): number => Math.round((at - Date.now()) / 1000)

function orNot(error: unknown): NotSignedIn {
  if (error instanceof NotSignedIn) return error
  throw error
}

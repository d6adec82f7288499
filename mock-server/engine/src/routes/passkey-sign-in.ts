// Signing in by a passkey. The secret is that the question names no account, so that it tells nobody who has one (B21).
import { z } from 'zod'
import { problem, result } from '../problem.js'
import { route } from '../visit.js'
import { assertionInput, challengeInput, grantSchema, requestOptionsSchema } from '../wire.js'
import { admit } from './entrance.js'

export const askPasskey = route(
  {
    name: 'askPasskey',
    method: 'POST',
    path: '/auth/passkeys/login/options',
    summary:
      'What `navigator.credentials.get` is asked: to sign in, or for the second step of the login with that challenge.',
    body: z.object({ challenge: challengeInput.optional() }).optional(),
    status: 200,
    output: requestOptionsSchema,
    codes: ['invalid_input', 'challenge_expired'],
    limit: 'credential',
    needs: {},
  },
  async ({ body, parts: { challenges, passkeys } }) => {
    if (body?.challenge === undefined) return result(200, await passkeys.ask(null))
    const waiting = await challenges.find(body.challenge, 'second-factor')
    if (waiting === null) return problem(401, 'challenge_expired', 'This login is over. Begin anew.')
    return result(200, await passkeys.ask(waiting.accountId))
  },
)

export const loginByPasskey = route(
  {
    name: 'loginByPasskey',
    method: 'POST',
    path: '/auth/passkeys/login',
    summary: 'Signs an account in by a passkey, without a password; no second factor is asked for.',
    body: z.object({ passkey: assertionInput }),
    status: 200,
    output: grantSchema,
    codes: ['invalid_input', 'invalid_credentials'],
    limit: 'credential',
    needs: {},
  },
  async ({ call, body, parts }) => {
    const proof = await parts.passkeys.prove(body.passkey, null)
    const account = proof === null ? null : await parts.store.accountById(proof.passkey.accountId)
    if (proof === null || account === null || !account.isActive) {
      parts.tell('login_refused', account?.id ?? null)
      return problem(401, 'invalid_credentials', 'This passkey signs nobody in here, or its answer came too late.')
    }
    return admit(account, { call, parts, amr: proof.amr })
  },
)

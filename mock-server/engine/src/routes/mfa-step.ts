// The second step of a login, by a code or by a passkey. The secret is that every try is counted before it is looked at (B24, B26).
import { z } from 'zod'
import type { Challenge } from '../factor-store.js'
import { problem } from '../problem.js'
import type { Reply } from '../route.js'
import type { Account } from '../store.js'
import { route, type Parts } from '../visit.js'
import { assertionInput, challengeInput, codeInput, grantSchema } from '../wire.js'
import { admit, bondOf } from './entrance.js'

/** Who stands at the second step, and what they proved at the first. */
type Waiting = { readonly account: Account; readonly amr: readonly string[] }

/** What the second step proved, or the refusal. */
type Proven = { readonly amr: readonly string[] } | { readonly reply: Reply }

export const verifyMfa = route(
  {
    name: 'verifyMfa',
    method: 'POST',
    path: '/auth/mfa/verify',
    summary: 'The second step of a login: its challenge, and a code (authenticator or backup) or a passkey’s answer.',
    body: z
      .object({ challenge: challengeInput, code: codeInput.optional(), passkey: assertionInput.optional() })
      .refine(({ code, passkey }) => (code === undefined) !== (passkey === undefined), 'Give a code or a passkey.'),
    status: 200,
    output: grantSchema,
    codes: ['invalid_input', 'mfa_invalid', 'challenge_expired', 'invalid_credentials', 'rate_limited'],
    limit: 'credential',
    needs: {},
  },
  async ({ call, body, parts }) => {
    const { challenges } = parts
    const waiting = await waitingFor(await challenges.attempt(body.challenge, 'second-factor'), parts)
    if (waiting === null) return deadChallenge()
    const { account } = waiting
    const proven = body.passkey
      ? await byPasskey(account, body.passkey, parts)
      : await byCode(account, body.code ?? '', parts)
    if ('reply' in proven) {
      parts.tell('mfa_refused', account.id)
      return proven.reply
    }
    if ((await challenges.spend(body.challenge, 'second-factor')) === null) return deadChallenge()
    return admit(account, { call, parts, amr: [...waiting.amr, ...proven.amr] })
  },
)

/** Null where the challenge is dead, or bound to a password or an account that is no more. */
async function waitingFor(challenge: Challenge | null, { store }: Parts): Promise<Waiting | null> {
  const account = challenge === null ? null : await store.accountById(challenge.accountId ?? '')
  if (account === null || !account.isActive) return null
  const amr = challenge?.bond?.split('|')[0]?.split(' ') ?? []
  return challenge?.bond === (await bondOf(account, amr)) ? { account, amr } : null
}

async function byCode(account: Account, code: string, { secondFactor, postbox, tell }: Parts): Promise<Proven> {
  const verdict = await secondFactor.check(account.id, code)
  if (verdict === 'exhausted') return { reply: exhausted() }
  if (verdict === 'wrong') return { reply: wrong({ code: 'It is not right, or was used already.' }) }
  if (verdict === 'backup_code') {
    tell('backup_code_used', account.id)
    postbox.factorChanged(account, 'backup-code-used')
  }
  return { amr: ['otp', 'mfa'] }
}

async function byPasskey(
  { id }: Account,
  answer: Parameters<Parts['passkeys']['prove']>[0],
  { passkeys }: Parts,
): Promise<Proven> {
  const proof = await passkeys.prove(answer, id)
  return proof ?? { reply: wrong({ passkey: 'It answers no living question of ours, or is not this account’s.' }) }
}

/** 401, so that the client begins anew with the password (S43). */
const deadChallenge = (): Reply =>
  problem(401, 'challenge_expired', 'This login is over: it was finished, took too long or too many tries. Begin anew.')

const wrong = (errors: Readonly<Record<string, string>>): Reply =>
  problem(401, 'mfa_invalid', 'That is no second factor of the account: see errors.', { errors })

const exhausted = (): Reply =>
  problem(429, 'rate_limited', 'Too many wrong codes for this account. Try again later.', {
    headers: { 'retry-after': '3600' },
  })

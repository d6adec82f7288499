// Routes of the second factor: its codes, and the second step of a login. The secret is which no is about the code and which about the caller.
import { z } from 'zod'
import { invalidToken, type Principal } from '../authorize.js'
import { problem, result } from '../problem.js'
import type { Reply } from '../route.js'
import type { Account } from '../store.js'
import { route, type Parts } from '../visit.js'
import { backupCodesSchema, challengeInput, codeInput, entranceSchema } from '../wire.js'
import { admit, bondOf } from './entrance.js'

export const verifyMfa = route(
  {
    name: 'verifyMfa',
    method: 'POST',
    path: '/auth/mfa/verify',
    summary: 'The second step of a login: its challenge, and a code of the authenticator or a backup code.',
    body: z.object({ challenge: challengeInput, code: codeInput }),
    status: 200,
    output: entranceSchema,
    codes: ['invalid_input', 'mfa_invalid', 'challenge_expired', 'invalid_credentials', 'rate_limited'],
    limit: 'credential',
    needs: {},
  },
  async ({ call, body, parts }) => {
    const { challenges, secondFactor, tell, postbox } = parts
    const arrived = await arrivalOf(body.challenge, parts)
    if (arrived === null) return deadChallenge()
    const { account, amr } = arrived
    const verdict = await secondFactor.check(account.id, body.code)
    if (verdict === 'wrong' || verdict === 'exhausted') {
      tell('mfa_refused', account.id)
      return verdict === 'wrong' ? wrongCode(401) : exhausted()
    }
    if ((await challenges.spend(body.challenge, 'second-factor')) === null) return deadChallenge()
    if (verdict === 'backup_code') {
      tell('backup_code_used', account.id)
      postbox.factorChanged(account, 'backup-code-used')
    }
    return admit(account, { call, parts, amr: [...amr, 'otp', 'mfa'] })
  },
)

/** Who stands at the second step, after one more try was counted; null where the challenge is dead. */
async function arrivalOf(
  text: string,
  { challenges, store }: Parts,
): Promise<{ readonly account: Account; readonly amr: readonly string[] } | null> {
  const challenge = await challenges.attempt(text, 'second-factor')
  const account = challenge === null ? null : await store.accountById(challenge.accountId ?? '')
  if (account === null || !account.isActive) return null
  const amr = challenge?.bond?.split('|')[0]?.split(' ') ?? []
  return challenge?.bond === (await bondOf(account, amr)) ? { account, amr } : null
}

/** 401, so that the client begins anew with the password (S43). */
const deadChallenge = (): Reply =>
  problem(401, 'challenge_expired', 'This login is over: it was finished, took too long or too many tries. Begin anew.')

const exhausted = (): Reply =>
  problem(429, 'rate_limited', 'Too many wrong codes for this account. Try again later.', {
    headers: { 'retry-after': '3600' },
  })

/** 401 where it would have signed in; 422 where the bearer is good and a client must not refresh for this. */
const wrongCode = (status: 401 | 422): Reply =>
  problem(status, 'mfa_invalid', 'The code is wrong, or was used already.', { errors: { code: 'It is not right.' } })

/** The account of a bearer, or the refusal where it is gone. */
async function ownerOf(
  { sub }: Principal,
  { store }: Parts,
): Promise<{ readonly account: Account } | { readonly reply: Reply }> {
  const account = await store.accountById(sub)
  if (account === null || !account.isActive) return { reply: invalidToken('The account is gone or disabled.') }
  return { account }
}

export const factors = route(
  {
    name: 'factors',
    method: 'GET',
    path: '/auth/mfa',
    summary: 'Which second factors the account has.',
    status: 200,
    output: z.object({ totp: z.boolean(), backup_codes_left: z.int() }),
    codes: ['invalid_token'],
    limit: 'session',
    needs: { bearer: true },
  },
  async ({ principal, parts }) => {
    const { totp, backupCodesLeft } = await parts.secondFactor.status(principal.sub)
    return result(200, { totp, backup_codes_left: backupCodesLeft })
  },
)

export const enrollTotp = route(
  {
    name: 'enrollTotp',
    method: 'POST',
    path: '/auth/mfa/totp/enroll',
    summary: 'A new secret for an authenticator app, as text, URI and QR code; it counts once confirmed.',
    status: 200,
    output: z.object({ secret: z.string(), uri: z.string(), qr: z.string() }),
    codes: ['invalid_token', 'step_up_required', 'mfa_enabled'],
    limit: 'credential',
    needs: { bearer: true, recent: true },
  },
  async ({ principal, parts }) => {
    const owner = await ownerOf(principal, parts)
    if ('reply' in owner) return owner.reply
    const invitation = await parts.secondFactor.enroll(owner.account)
    return invitation === null ? alreadyOn() : result(200, invitation)
  },
)

const alreadyOn = (): Reply => problem(409, 'mfa_enabled', 'The second factor is on already: turn it off first.')
const notOn = (): Reply => problem(409, 'mfa_disabled', 'The second factor is not on.')

export const confirmTotp = route(
  {
    name: 'confirmTotp',
    method: 'POST',
    path: '/auth/mfa/totp/confirm',
    summary: 'Turns the second factor on by a first code, ends every other session, and shows ten backup codes once.',
    body: z.strictObject({ code: codeInput }),
    status: 200,
    output: backupCodesSchema,
    codes: ['invalid_input', 'invalid_token', 'step_up_required', 'mfa_invalid'],
    limit: 'credential',
    needs: { bearer: true, recent: true },
  },
  async ({ principal, body, parts }) => {
    const owner = await ownerOf(principal, parts)
    if ('reply' in owner) return owner.reply
    const codes = await parts.secondFactor.confirm(principal.sub, body.code)
    if (codes === null) return wrongCode(422)
    await follow(owner.account, principal, 'totp-enabled', parts)
    return result(200, { backup_codes: codes })
  },
)

export const disableTotp = route(
  {
    name: 'disableTotp',
    method: 'DELETE',
    path: '/auth/mfa/totp',
    summary: 'Turns the second factor off, backup codes included, and ends every other session.',
    status: 204,
    output: null,
    codes: ['invalid_token', 'step_up_required', 'mfa_disabled'],
    limit: 'session',
    needs: { bearer: true, recent: true },
  },
  async ({ principal, parts }) => {
    const owner = await ownerOf(principal, parts)
    if ('reply' in owner) return owner.reply
    if (!(await parts.secondFactor.disable(principal.sub))) return notOn()
    await follow(owner.account, principal, 'totp-disabled', parts)
    return result(204)
  },
)

export const backupCodes = route(
  {
    name: 'backupCodes',
    method: 'POST',
    path: '/auth/mfa/backup-codes',
    summary: 'Ten new backup codes, shown once; the old ones no longer work.',
    status: 200,
    output: backupCodesSchema,
    codes: ['invalid_token', 'step_up_required', 'mfa_disabled'],
    limit: 'credential',
    needs: { bearer: true, recent: true },
  },
  async ({ principal, parts }) => {
    const owner = await ownerOf(principal, parts)
    if ('reply' in owner) return owner.reply
    const codes = await parts.secondFactor.renewBackupCodes(principal.sub)
    if (codes === null) return notOn()
    parts.tell('backup_codes_renewed', principal.sub, principal.sid)
    parts.postbox.factorChanged(owner.account, 'backup-codes-renewed')
    return result(200, { backup_codes: codes })
  },
)

/** Logins that are half done die, and sessions that were opened under other rules too; the owner is told (B40). */
async function follow(
  account: Account,
  { sid }: Principal,
  change: 'totp-enabled' | 'totp-disabled',
  { store, endings, postbox, tell }: Parts,
): Promise<void> {
  await store.dropChallenges(account.id)
  await endings.all(account.id, 'factors', sid)
  tell(change === 'totp-enabled' ? 'totp_enabled' : 'totp_disabled', account.id, sid)
  postbox.factorChanged(account, change)
}

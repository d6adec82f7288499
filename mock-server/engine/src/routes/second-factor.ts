// Routes that turn the second factor on and off. The secret is what ends with every change: half-done logins and other sessions (B6).
import { z } from 'zod'
import type { Principal } from '../authorize.js'
import type { FactorChange } from '../mail.js'
import { problem, result } from '../problem.js'
import type { Reply } from '../route.js'
import type { Account } from '../store.js'
import { route, type Parts } from '../visit.js'
import { backupCodesSchema, codeInput } from '../wire.js'
import { ownerOf, refusedSince } from './owner.js'

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

/** 422 and not 401: the bearer is good, and a client must not refresh for this. */
const wrongCode = (): Reply =>
  problem(422, 'mfa_invalid', 'The code is wrong, or was used already.', { errors: { code: 'It is not right.' } })

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
  async ({ call, principal, body, parts }) => {
    const owner = await ownerOf(principal, parts)
    if ('reply' in owner) return owner.reply
    const codes = await parts.secondFactor.confirm(principal.sub, body.code)
    if (codes === null) return wrongCode()
    const refused = await refusedSince(call, parts)
    if (refused !== null) {
      await parts.secondFactor.disable(principal.sub)
      return refused
    }
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
  change: FactorChange & ('totp-enabled' | 'totp-disabled'),
  { store, endings, postbox, tell }: Parts,
): Promise<void> {
  await store.dropChallenges(account.id)
  await endings.all(account.id, 'factors', sid)
  tell(change === 'totp-enabled' ? 'totp_enabled' : 'totp_disabled', account.id, sid)
  postbox.factorChanged(account, change)
}

// The one door to a session, whatever proved who comes: the second factor, the session before, and one more look (B6, B26, B27).
import { sha256 } from '../encoding.js'
import { cookieName, readCookie } from '../cookie.js'
import { problem, result } from '../problem.js'
import type { Call, Reply } from '../route.js'
import type { Account } from '../store.js'
import type { Parts } from '../visit.js'
import { deviceOf, grant } from './grant.js'

/** How somebody came to the door. */
export type Arrival = {
  readonly call: Call
  readonly parts: Parts
  /** What was proven, as RFC 8176 names it; with `mfa` among it no second factor is asked for. */
  readonly amr: readonly string[]
  /** True where the account has just been made: answered 201, and told as that. */
  readonly isNew?: boolean
}

/** 401 that says nothing of why (B21). */
export const refuseLogin = (accountId: string | null, { tell, settings }: Parts): Reply => {
  tell('login_refused', accountId)
  const more = settings.registration === 'private' ? ', or the address is not confirmed yet' : ''
  return problem(401, 'invalid_credentials', `The email or the password is wrong${more}.`)
}

/** What a challenge is bound to: it dies with the password that it came after. */
export const bondOf = async ({ passwordHash }: Account, amr: readonly string[]): Promise<string> =>
  `${amr.join(' ')}|${await sha256(passwordHash)}`

/** Lets somebody in who has proven the first factor, or asks for the second: then there is no session yet, and no cookie. */
export async function enter(account: Account, arrival: Arrival): Promise<Reply> {
  const { parts, amr } = arrival
  const status = await parts.secondFactor.status(account.id)
  if (!status.totp || amr.includes('mfa')) return admit(account, arrival)
  const challenge = await parts.challenges.issue('second-factor', account.id, await bondOf(account, amr))
  const hasPasskeys = (await parts.store.passkeysOf(account.id)).length > 0
  const methods = ['totp', ...(status.backupCodesLeft > 0 ? ['backup_code'] : []), ...(hasPasskeys ? ['passkey'] : [])]
  parts.tell('mfa_required', account.id)
  return result(200, { mfa_required: true, challenge, methods })
}

/** Opens a session of its own, ends the one that the browser came with, and looks at the account once more. */
export async function admit(account: Account, { call, parts, amr, isNew = false }: Arrival): Promise<Reply> {
  const { store, sessions, endings, secondFactor, settings, tell } = parts
  const issued = await sessions.open(account, deviceOf(call, parts), amr)
  // A new password, address or factor that came in between ended all sessions before this one was there: it must not outlive it (B6).
  const now = await store.accountById(account.id)
  const isSkipped = !amr.includes('mfa') && (await secondFactor.status(account.id)).totp
  const isAsBefore = now?.passwordHash === account.passwordHash && now.email === account.email && now.isActive
  if (!isAsBefore || isSkipped) {
    await endings.byId(issued.sid, account.id, 'password')
    return refuseLogin(account.id, parts)
  }
  if (settings.transport !== 'body') {
    const reading = readCookie(call.headers['cookie'], cookieName(settings.cookie))
    if (reading.found === 'one') await endings.byToken(reading.value, 'replaced')
  }
  if (!isNew) tell('logged_in', account.id, issued.sid)
  return grant(isNew ? 201 : 200, issued, parts)
}

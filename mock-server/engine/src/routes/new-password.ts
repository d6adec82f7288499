// Routes that set a new password: by mail or by the old one. The secret is the order: nothing of a link is spent before the rest is sure.
import { z } from 'zod'
import { invalidToken } from '../authorize.js'
import { problem, result, weakPassword } from '../problem.js'
import type { Account } from '../store.js'
import { emailInput, passwordInput, ticketInput } from '../wire.js'
import { route, type Parts } from '../visit.js'
import { deadLink } from './dead-link.js'
import { dropFormerProofs } from './former-proofs.js'

const chosenPassword = z.string('This field is required.')

export const forgotPassword = route(
  {
    name: 'forgotPassword',
    method: 'POST',
    path: '/auth/password/forgot',
    summary: 'Sends a link for a new password, if an account has that address; the answer does not say.',
    body: z.strictObject({ email: emailInput }),
    status: 204,
    output: null,
    codes: ['invalid_input'],
    limit: 'mail',
    needs: {},
  },
  async ({ body, parts: { store, postbox } }) => {
    // The look-up is all that the reply waits for, on either path (B21).
    const account = await store.accountByEmail(body.email)
    if (account?.isActive === true) postbox.invite(account, 'reset-password')
    return result(204)
  },
)

export const resetPassword = route(
  {
    name: 'resetPassword',
    method: 'POST',
    path: '/auth/password/reset',
    summary:
      'Sets a new password by the token of a mail, proves the address, and ends every session; an unproven account loses its factors.',
    body: z.strictObject({ token: ticketInput, password: chosenPassword }),
    status: 204,
    output: null,
    codes: ['invalid_input', 'weak_password'],
    limit: 'credential',
    needs: {},
  },
  async ({ body, parts }) => {
    const { tickets, passwords, weakness, endings } = parts
    const owner = await tickets.ownerOf(body.token, 'reset-password')
    if (owner === null || !owner.isActive) return deadLink()
    const weak = await weakness(body.password, owner)
    if (weak !== null) return weakPassword('password', weak)
    const passwordHash = await passwords.hash(body.password)
    await endings.all(owner.id, 'password')
    // Before the address is proven, and once more for what was on its way: in between nothing is left to its first comer (S40).
    if (!owner.emailVerified) await dropFormerProofs(owner.id, parts)
    const account = await tickets.spend(body.token, 'reset-password', { passwordHash, emailVerified: true })
    if (account === null) return deadLink()
    await follow(account, 'password_reset', parts)
    if (!owner.emailVerified) await dropFormerProofs(owner.id, parts)
    return result(204)
  },
)

export const changePassword = route(
  {
    name: 'changePassword',
    method: 'POST',
    path: '/auth/password/change',
    summary: 'Sets a new password by the current one, and ends every other session.',
    body: z.strictObject({ current_password: passwordInput, new_password: chosenPassword }),
    status: 204,
    output: null,
    codes: ['invalid_token', 'step_up_required', 'invalid_input', 'invalid_credentials', 'weak_password'],
    limit: 'credential',
    needs: { bearer: true, recent: true },
  },
  async ({ principal, body, parts }) => {
    const { store, passwords, weakness, endings } = parts
    const known = await store.accountById(principal.sub)
    if (known === null || !known.isActive) return invalidToken('The account is gone or disabled.')
    if (!(await passwords.verify(known.passwordHash, body.current_password))) return wrongPassword()
    const weak = await weakness(body.new_password, known)
    if (weak !== null) return weakPassword('new_password', weak)
    const passwordHash = await passwords.hash(body.new_password)
    await endings.all(known.id, 'password', principal.sid)
    // Not over a password that another call set in the meantime: that one ended this session, or knew better.
    const account = await store.updateAccount(known.id, { passwordHash }, known)
    if (account === null) return wrongPassword()
    await store.dropTickets(account.id, 'reset-password')
    await follow(account, 'password_changed', parts, principal.sid)
    return result(204)
  },
)

/** Not a 401: the access token is good, and a client must not refresh for this. */
const wrongPassword = () =>
  problem(422, 'invalid_credentials', 'The current password is wrong.', {
    errors: { current_password: 'It is not your password.' },
  })

/**
 * Sessions end before the change, so that a store which goes away in between leaves none alive under a password that is
 * gone, and once more after it, for a login that raced it; one that comes later still looks again itself (B6).
 */
async function follow(
  account: Account,
  event: 'password_reset' | 'password_changed',
  { store, endings, postbox, tell }: Parts,
  keepSid?: string,
): Promise<void> {
  tell(event, account.id, keepSid)
  // A move to another address may have been asked for by whoever the new password is to keep out (S39).
  await store.dropTickets(account.id, 'change-email')
  await endings.all(account.id, 'password', keepSid)
  postbox.passwordChanged(account)
}

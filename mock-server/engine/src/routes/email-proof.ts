// Routes that prove an address: the link of a mail, and another mail. The secret is that a link alone, without a POST, does nothing (S38).
import { z } from 'zod'
import { invalidToken } from '../authorize.js'
import { result } from '../problem.js'
import { ticketInput } from '../wire.js'
import { route } from '../visit.js'
import { deadLink } from './dead-link.js'

export const verifyEmail = route(
  {
    name: 'verifyEmail',
    method: 'POST',
    path: '/auth/email/verify',
    summary: 'Proves the address by the token of its mail.',
    body: z.strictObject({ token: ticketInput }),
    status: 204,
    output: null,
    codes: ['invalid_input'],
    limit: 'credential',
    needs: {},
  },
  async ({ body, parts: { tickets, tell } }) => {
    const account = await tickets.spend(body.token, 'verify-email', { emailVerified: true })
    if (account === null) return deadLink()
    tell('email_verified', account.id)
    return result(204)
  },
)

export const resendVerification = route(
  {
    name: 'resendVerification',
    method: 'POST',
    path: '/auth/email/resend',
    summary: 'Sends another verification mail; older ones no longer work. Nothing is sent where the address is proven.',
    status: 204,
    output: null,
    codes: ['invalid_token'],
    limit: 'mail',
    needs: { bearer: true },
  },
  async ({ principal, parts: { store, postbox } }) => {
    const account = await store.accountById(principal.sub)
    if (account === null || !account.isActive) return invalidToken('The account is gone or disabled.')
    if (!account.emailVerified) postbox.invite(account, 'verify-email')
    return result(204)
  },
)

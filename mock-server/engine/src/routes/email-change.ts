// Routes that move an account to another address. Its secret: the new one proves itself, the old one is told, and nobody learns who has it (S39, B21).
import { z } from 'zod'
import { invalidInput, result } from '../problem.js'
import { EmailTaken } from '../store.js'
import { emailInput, ticketInput } from '../wire.js'
import { type Parts, route } from '../visit.js'
import { deadLink } from './dead-link.js'
import { ownerOf } from './owner.js'

export const changeEmail = route(
  {
    name: 'changeEmail',
    method: 'POST',
    path: '/auth/email/change',
    summary:
      'Sends the new address a link that moves the account there, and tells the old one. A taken one is not told.',
    body: z.strictObject({ email: emailInput }),
    status: 204,
    output: null,
    codes: ['invalid_token', 'step_up_required', 'invalid_input'],
    limit: 'mail',
    needs: { bearer: true, recent: true },
  },
  async ({ principal, body, parts }) => {
    const { store, postbox } = parts
    const owned = await ownerOf(principal, parts)
    if ('reply' in owned) return owned.reply
    const { account } = owned
    if (account.email === body.email) return invalidInput({ email: 'It is the address of your account already.' })
    const isFree = (await store.accountByEmail(body.email)) === null
    if (isFree) postbox.inviteTo(body.email, account)
    postbox.emailChange(account, 'email-change-asked')
    return result(204)
  },
)

export const confirmEmailChange = route(
  {
    name: 'confirmEmailChange',
    method: 'POST',
    path: '/auth/email/change/confirm',
    summary: 'Moves the account to the new address by the token of its mail, and ends every other session.',
    body: z.strictObject({ token: ticketInput }),
    status: 204,
    output: null,
    codes: ['invalid_token', 'invalid_input'],
    limit: 'credential',
    // The account's own session, and not only the link: whoever owns a mistyped address must not get the account.
    needs: { bearer: true, sensitive: true },
  },
  async ({ principal, body, parts }) => {
    const { tickets, endings, postbox, tell } = parts
    const before = await tickets.ownerOf(body.token, 'change-email')
    if (before === null || before.id !== principal.sub || !before.isActive) return deadLink()
    // Before the change and once more after it, as for passwords: no session of before outlives it (B6).
    await endings.all(before.id, 'email', principal.sid)
    if (!(await move(body.token, parts))) return deadLink()
    tell('email_changed', before.id, principal.sid)
    await endings.all(before.id, 'email', principal.sid)
    postbox.emailChange(before, 'email-changed')
    return result(204)
  },
)

/** False where the link is dead by now, or the address was taken since it was sent. */
async function move(token: string, { tickets }: Parts): Promise<boolean> {
  try {
    return (await tickets.spend(token, 'change-email', { emailVerified: true })) !== null
  } catch (cause) {
    if (cause instanceof EmailTaken) return false
    throw cause
  }
}

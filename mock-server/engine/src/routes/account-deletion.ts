// The route that ends an account. Its secret: all rows go at once, and what was given out for them is taken back behind them (B28, S47).
import { z } from 'zod'
import { invalidToken } from '../authorize.js'
import { problem, result } from '../problem.js'
import { route } from '../visit.js'
import { ownerOf } from './owner.js'

export const deleteMe = route(
  {
    name: 'deleteMe',
    method: 'DELETE',
    path: '/auth/me',
    summary:
      'Deletes the account and everything that is its own, ends every session, and frees the address. The last admin who may sign in stays.',
    query: z.object({
      confirm: z.literal('true', 'Everything of the account goes, for good: add confirm=true to say that it is meant.'),
    }),
    status: 204,
    output: null,
    codes: ['invalid_token', 'step_up_required', 'invalid_input', 'last_admin'],
    limit: 'session',
    needs: { bearer: true, recent: true },
  },
  async ({ principal, parts }) => {
    const { store, denylist, postbox, audited, tell } = parts
    const owned = await ownerOf(principal, parts)
    if ('reply' in owned) return owned.reply
    const { account } = owned
    // What is still on its way to the log would come after its traces were erased.
    await audited()
    const verdict = await store.deleteAccount(account.id, 'admin')
    if (verdict === 'last') return lastAdmin()
    // No role is none: whatever an access token says, it is not what the account has now.
    await denylist.deny([{ kind: 'role', accountId: account.id, role: '' }])
    // Another call was faster.
    if (verdict === 'absent') return invalidToken('The account is gone or disabled.')
    tell('account_deleted', account.id, null, { ip: null, device: null })
    postbox.accountDeleted(account)
    return result(204, undefined, { act: 'clear' })
  },
)

const lastAdmin = () =>
  problem(409, 'last_admin', 'No other admin can sign in. Give somebody else the role first, then delete the account.')

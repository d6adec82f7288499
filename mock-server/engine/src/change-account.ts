// What an admin changes of an account, by a route or by a command. Its secret: what must follow, and in which order (B6, S46).
import type { Denylist } from './denylist.js'
import type { Endings } from './endings.js'
import type { About, Tell } from './event.js'
import type { Account, Store } from './store.js'

/** Changes the role of an account, or whether it may sign in; null where there is no such account. `by` is for the audit log. */
export type ChangeAccount = (
  id: string,
  patch: Partial<Pick<Account, 'role' | 'isActive'>>,
  by?: About,
) => Promise<Account | null>

/** What changes accounts: one that may no longer sign in loses its sessions, and tokens of another role are taken back. */
export function createChangeAccount(
  store: Pick<Store, 'accountById' | 'updateAccount'>,
  { denylist, endings, tell }: { readonly denylist: Denylist; readonly endings: Endings; readonly tell: Tell },
): ChangeAccount {
  return async (id, patch, by = {}) => {
    const before = await store.accountById(id)
    const account = before === null ? null : await store.updateAccount(id, patch)
    if (before === null || account === null) return null
    if (before.role !== account.role) {
      await denylist.deny([{ kind: 'role', accountId: id, role: account.role }])
      tell('role_changed', id, null, { ...by, detail: `${before.role} to ${account.role}` })
    }
    if (before.isActive !== account.isActive) {
      tell(account.isActive ? 'account_enabled' : 'account_disabled', id, null, by)
    }
    tell('account_changed', id, null, by)
    // After the change: a login that raced it has read the account before, and its first refresh ends it.
    if (!account.isActive) await endings.all(id, 'disabled', undefined, by)
    return account
  }
}

// What the account is protected by, and by which ways it is signed in to. A change may ask for a fresh login first.
import { Authenticator } from './authenticator'
import { DeleteAccount } from './delete-account'
import { Identities } from './identities'
import { NewAddress } from './new-address'
import { NewPassword } from './new-password'
import { Passkeys } from './passkeys'

export const Security = () => (
  <main className="page">
    <title>Security · Latchkey</title>
    <h1>Security</h1>
    <div className="grid account">
      <Authenticator />
      <NewPassword />
      <Passkeys />
      <NewAddress />
      <Identities />
      <DeleteAccount />
    </div>
  </main>
)

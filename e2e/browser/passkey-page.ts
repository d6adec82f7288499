// The page of the passkey laws: the product's own client, account calls and passkeys, within reach of the test.
import { createAuthClient } from '@latchkey/core'
import { createAccount } from '@latchkey/core/account'
import { createPasskeys } from '@latchkey/core/passkeys'

const auth = createAuthClient({ baseURL: new URLSearchParams(location.search).get('api') ?? '' })

/** What the test reaches. */
export type Product = {
  readonly auth: typeof auth
  readonly account: ReturnType<typeof createAccount>
  readonly passkeys: ReturnType<typeof createPasskeys>
}

declare global {
  // oxlint-disable-next-line no-var -- the one way to name a global
  var product: Product
}

globalThis.product = { auth, account: createAccount(auth), passkeys: createPasskeys(auth) }

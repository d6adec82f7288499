// Passkeys in the browser, by SimpleWebAuthn; its secret is what the browser's refusals mean.
import {
  browserSupportsWebAuthn,
  startAuthentication,
  startRegistration,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/browser'
import { AuthError, isAuthError, type AuthClient, type LoginResult, type WireCall } from './index.js'
import { segment } from './path-segment.js'

/** A passkey of the account. Times are ISO 8601. */
export type Passkey = {
  readonly id: string
  readonly name: string
  /** True where it travels between its owner's devices. */
  readonly synced: boolean
  readonly created_at: string
  readonly last_used_at: string | null
}

export type Passkeys<User> = {
  /** False where the browser has no passkeys: then hide the button. */
  readonly isSupported: () => boolean
  /** Asks the browser for a new passkey, and registers it. @throws `passkey_cancelled`, `step_up_required`, `invalid_input` */
  readonly register: (name: string) => Promise<Passkey>
  readonly list: () => Promise<readonly Passkey[]>
  readonly rename: (id: string, name: string) => Promise<Passkey>
  /** @throws `step_up_required` */
  readonly remove: (id: string) => Promise<void>
  /**
   * Signs in without a password. `autofill`: offers passkeys in the field that has `autocomplete="username webauthn"`, and
   * settles when one is chosen. @throws `passkey_cancelled`, `invalid_credentials`, and as `auth.login`
   */
  readonly signIn: (options?: { readonly autofill?: boolean }) => Promise<LoginResult<User>>
  /** The second step of a login whose `methods` has `passkey`. @throws `passkey_cancelled`, and as `auth.verifyMfa` */
  readonly verify: (step: { readonly challenge: string }) => Promise<LoginResult<User>>
}

/** Passkeys by Latchkey's own server. Needs `@simplewebauthn/browser`. */
export function createPasskeys<User>(auth: Pick<AuthClient<User>, 'send' | 'login' | 'verifyMfa'>): Passkeys<User> {
  const headers = { 'X-Latchkey': '1' }
  const call = async (method: WireCall['method'], path: string, json?: unknown): Promise<unknown> =>
    auth.send({ method, path: `auth/passkeys${path}`, headers, ...(json !== undefined && { json }) })
  const place = (id: string): string => `/${segment(id, 'passkeys.list()')}`

  const answer = async (json: unknown, useBrowserAutofill = false): Promise<unknown> => {
    const optionsJSON = (await call('POST', '/login/options', json)) as PublicKeyCredentialRequestOptionsJSON
    return asked(() => startAuthentication({ optionsJSON, useBrowserAutofill }))
  }

  return {
    isSupported: browserSupportsWebAuthn,
    async register(name) {
      const optionsJSON = (await call('POST', '/register/options')) as PublicKeyCredentialCreationOptionsJSON
      const passkey = await asked(() => startRegistration({ optionsJSON }))
      return (await call('POST', '/register', { name, passkey })) as Passkey
    },
    list: async () => ((await call('GET', '')) as { readonly passkeys: readonly Passkey[] }).passkeys,
    rename: async (id, name) => (await call('PATCH', place(id), { name })) as Passkey,
    remove: async (id) => void (await call('DELETE', place(id))),
    signIn: async ({ autofill = false } = {}) => auth.login({ passkey: await answer({}, autofill) }),
    verify: async ({ challenge }) => auth.verifyMfa({ challenge, passkey: await answer({ challenge }) }),
  }
}

/** What the browser answers, its refusals told as errors that callers know. */
async function asked<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask()
  } catch (error) {
    throw isAuthError(error) ? error : refusal(error)
  }
}

function refusal(error: unknown): AuthError {
  const { name, code, cause } = error as { name?: unknown; code?: unknown; cause?: { name?: unknown } }
  const is = (wanted: string): boolean => name === wanted || cause?.name === wanted
  if (code === 'ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED' || is('InvalidStateError'))
    return new AuthError('invalid_input', 'This device holds a passkey of the account already.', { cause: error })
  if (is('NotAllowedError') || is('AbortError'))
    return new AuthError('passkey_cancelled', 'Nobody chose a passkey: the dialog was closed, or took too long.', {
      cause: error,
    })
  const why = error instanceof Error ? error.message : 'the browser refused'
  return new AuthError(
    'misconfigured',
    `Passkeys do not work here: ${why}. Look at the server’s domain for passkeys.`,
    {
      cause: error,
    },
  )
}

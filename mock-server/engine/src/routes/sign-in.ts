// Routes that open a session: register and login. The secret is that a refused login says nothing, not even by its time (B21).
import { z } from 'zod'
import { newAccount } from '../accounts/account.js'
import { problem, result, weakPassword } from '../problem.js'
import type { Reply } from '../route.js'
import { type Account, EmailTaken } from '../store.js'
import { displayNameInput, emailInput, entranceSchema, grantSchema, passwordInput, registeredSchema } from '../wire.js'
import { type Parts, route } from '../visit.js'
import { admit, enter, refuseLogin } from './entrance.js'

export const register = route(
  {
    name: 'register',
    method: 'POST',
    path: '/auth/register',
    summary:
      'Creates an account and signs it in; where registration is private, answers every address alike and sends a mail.',
    body: z.strictObject({
      email: emailInput,
      password: z.string('This field is required.'),
      display_name: displayNameInput.optional(),
    }),
    status: 201,
    output: z.union([grantSchema, registeredSchema]),
    codes: ['invalid_input', 'weak_password', 'email_taken', 'invalid_credentials'],
    limit: 'credential',
    needs: {},
  },
  async ({ call, body, parts }) => {
    const { weakness, settings, postbox } = parts
    const displayName = body.display_name ?? null
    const weak = await weakness(body.password, { email: body.email, displayName })
    if (weak !== null) return weakPassword('password', weak)
    const account = await newAccount({ ...body, displayName }, parts)
    if (settings.registration === 'private') return registerPrivately(account, parts)
    if (!(await insert(account, parts))) {
      const errors = { email: 'An account has this address already.' }
      return problem(409, 'email_taken', 'An account has this address already: log in instead.', { errors })
    }
    postbox.invite(account, 'verify-email')
    return admit(account, { call, parts, amr: ['pwd'], isNew: true })
  },
)

/** False where the address has an account already. */
async function insert(account: Account, { store, tell }: Parts): Promise<boolean> {
  try {
    await store.insertAccount(account)
  } catch (cause) {
    if (cause instanceof EmailTaken) return false
    throw cause
  }
  tell('registered', account.id)
  return true
}

/** All that depends on whether the address is taken comes after the reply: an insert that commits takes longer than one that fails. */
async function registerPrivately(account: Account, parts: Parts): Promise<Reply> {
  const { store, postbox } = parts
  // A store that is away says so now, not when the reply has promised a mail (B37).
  await store.accountByEmail(account.email)
  postbox.registered(account, async () =>
    (await insert(account, parts)) ? null : await store.accountByEmail(account.email),
  )
  return result(201, { registered: true })
}

export const login = route(
  {
    name: 'login',
    method: 'POST',
    path: '/auth/login',
    summary: 'Signs an account in, or asks for its second factor.',
    // Nothing of it is stored: what else comes along is not looked at.
    body: z.object({ email: emailInput, password: passwordInput }),
    status: 200,
    output: entranceSchema,
    codes: ['invalid_input', 'invalid_credentials'],
    limit: 'credential',
    needs: {},
  },
  async ({ call, body, parts }) => {
    const { store, passwords, settings } = parts
    // Made before the look-up and on either path, so that it costs a known address what it costs an unknown one.
    const decoy = await parts.decoyHash()
    const account = await store.accountByEmail(body.email)
    const matches = await passwords.verify(account?.passwordHash ?? decoy, body.password)
    // Whoever registered privately could ask by a login whether the address was free.
    const isProven = settings.registration === 'open' || account?.emailVerified === true
    if (account === null || !matches || !account.isActive || !isProven) {
      return refuseLogin(account?.id ?? null, parts)
    }
    const renewed = await renewHash(account, body.password, parts)
    return renewed === null ? refuseLogin(account.id, parts) : enter(renewed, { call, parts, amr: ['pwd'] })
  },
)

/** The account with a hash by the present parameters; null where the password was changed while it was made. */
async function renewHash(account: Account, password: string, { store, passwords }: Parts): Promise<Account | null> {
  if (passwords.isStale?.(account.passwordHash) !== true) return account
  const passwordHash = await passwords.hash(password)
  const renewed = await store.updateAccount(account.id, { passwordHash }, account)
  if (renewed !== null) return renewed
  // Another login was faster, or somebody set a new password: only that password tells.
  const now = await store.accountById(account.id)
  return now !== null && (await passwords.verify(now.passwordHash, password)) ? now : null
}

// The server side that the mock answers from: an engine on a store in memory, and everything that a test does to it.
import {
  type Call,
  createEngine,
  createMemoryStore,
  type Engine,
  type EngineClock,
  type EngineOptions,
  type Mail,
  type Reply,
} from '@latchkey/engine'
import { type Authenticator, enrollAuthenticator } from './authenticator.js'
import { pageOrigin } from './base.js'
import { type TokenLedger, tokenIn } from './token-ledger.js'
import { canonical, clearPasswords, clearTextOf, insertUsers, type MockUser } from './users.js'

/** The engine's options that a mock passes on; durations in seconds. Without `allowedOrigins` every origin is allowed. */
export type ServerSideOptions = Omit<EngineOptions, 'store' | 'passwords' | 'clock' | 'mailer'>

/** Stands for every origin where none were listed. */
const anyOrigin = 'https://any.origin'

/** One server side; `reset` throws it away for another. */
export type ServerSide = Pick<Engine, 'authorize' | 'setCookies'> & {
  /** As the engine's, after everything that the test has begun is done. */
  readonly answer: (call: Call) => Promise<Reply>
  /** Ends every session of the account, or of all accounts. */
  readonly revokeSessions: (email?: string) => Promise<void>
  /** Lets every session of the account, or of all accounts, run out: its next refresh gets `session_expired`. */
  readonly expireSessions: (email?: string) => Promise<void>
  /** Turns the account's second factor on. */
  readonly requireMfa: (email: string) => Promise<Authenticator>
  /** Signs the account in as a login would; no route is called, so none is counted. */
  readonly signIn: (email: string) => Promise<{ readonly accessToken: string; readonly setCookies: readonly string[] }>
}

/** What one server side hands to the next. */
export type Surroundings = {
  readonly users: readonly MockUser[]
  readonly clock: EngineClock & { readonly advance: (by: string) => void }
  readonly tokens: TokenLedger
  /** Gets every mail; it is there when the call that caused it is answered. */
  readonly onMail: (mail: Mail) => void
}

/** A server side with nobody in it but the users. */
export function openServerSide({ users, clock, tokens, onMail }: Surroundings, options: ServerSideOptions): ServerSide {
  const store = createMemoryStore({ clock })
  const mailer = { send: async (mail: Mail) => onMail(mail) }
  const own = { store, clock, mailer, passwords: clearPasswords }
  const anywhere = options.allowedOrigins === undefined ? { passkeys: passkeyPlace() } : {}
  const engine = createEngine({ allowedOrigins: [anyOrigin], appUrl, ...anywhere, ...options, ...own })

  let begun: Promise<unknown> = insertUsers(users, store, clock)
  /** Begins work at once; every call from now on waits for it, whether the test awaits it or not. */
  const begin = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const result = begun.then(work)
    begun = result.catch(() => undefined)
    return result
  }

  const find = async (email: string, asked: string) => {
    const account = await store.accountByEmail(canonical(email, asked))
    if (account !== null) return account
    throw new TypeError(
      `${asked}(${JSON.stringify(email)}) failed: no account has that email. Register it, or give it to createMockAuth's users.`,
    )
  }

  const everybody = async () => (await store.listAccounts({ limit: Number.MAX_SAFE_INTEGER, offset: 0 })).accounts

  const welcome = (headers: Call['headers']): Call['headers'] =>
    headers['origin'] === undefined || options.allowedOrigins !== undefined
      ? headers
      : { ...headers, origin: anyOrigin }

  const answer = async (call: Call): Promise<Reply> => {
    const reply = await engine.answer({ ...call, headers: welcome(tokens.aged(call.headers)) })
    tokens.note(reply)
    await engine.settled()
    return reply
  }

  /** Backup codes by address, for `mock.as`: the authenticator's are the test's. */
  const codes = new Map<string, string[]>()

  const signIn = async (email: string, asked: string) => {
    const password = clearTextOf(await find(email, asked))
    const first = await answer({ ...login, body: { email, password } })
    const { challenge } = first.body as { readonly challenge?: string }
    const code = codes.get(canonical(email, asked))?.pop()
    const isHalf = challenge !== undefined && code !== undefined
    const reply = isHalf ? await answer({ ...login, path: '/auth/mfa/verify', body: { challenge, code } }) : first
    const accessToken = tokenIn(reply)
    if (accessToken !== null) return { accessToken, setCookies: engine.setCookies(reply) }
    throw new TypeError(
      `${asked}(${JSON.stringify(email)}) failed: the account cannot log in: ${JSON.stringify(reply.body)}`,
    )
  }

  const named = async (email: string | undefined, asked: string) =>
    email === undefined ? everybody() : [await find(email, asked)]

  return {
    setCookies: engine.setCookies,
    answer: async (call) => {
      await begun
      return answer(call)
    },
    authorize: async (headers, needs) => {
      await begun
      return engine.authorize(tokens.aged(headers), needs)
    },
    revokeSessions: (email) =>
      begin(async () => {
        for (const { id } of await named(email, 'mock.revokeSessions')) await store.revokeFamilies(id, 'revoked')
      }),
    expireSessions: (email) =>
      begin(async () => {
        const families = (await named(email, 'mock.expireSessions')).map(({ id }) => store.listFamilies(id))
        const runOut = async () => ({ change: { family: { idleExpiresAt: 0 } }, result: null })
        for (const { id } of (await Promise.all(families)).flat()) await store.withFamily(id, runOut)
      }),
    requireMfa: (email) =>
      begin(async () => {
        const { accessToken } = await signIn(email, 'mock.requireMfa')
        const authenticator = await enrollAuthenticator({ accessToken, answer, clock })
        codes.set(canonical(email, 'mock.requireMfa'), [...authenticator.backupCodes])
        return authenticator
      }),
    signIn: (email) => begin(() => signIn(email, 'mock.as')),
  }
}

const appUrl = 'https://app.test'

/** Passkeys are bound to the page's own domain, and where there is no page to that of the links in mails. */
function passkeyPlace(): NonNullable<EngineOptions['passkeys']> {
  const origin = pageOrigin() ?? appUrl
  return { rpId: new URL(origin).hostname, origins: [origin] }
}

const login = {
  method: 'POST',
  path: '/auth/login',
  query: {},
  headers: { 'content-type': 'application/json', 'x-latchkey': '1' },
  ip: '127.0.0.1',
} as const

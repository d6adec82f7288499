// The composition root of the server side: it wires store, keys, clock and rules into the routes, and answers calls.
import { createAccessTokens } from './access-token.js'
import { createWeakness } from './accounts/password.js'
import { createAnswer } from './answer.js'
import { createArrival } from './arrival.js'
import { createAudit } from './audit.js'
import { createAuthorize, type Authorize } from './authorize.js'
import { type ChangeAccount, createChangeAccount } from './change-account.js'
import { millisecondsOf, systemClock } from './clock.js'
import { createChallenges } from './challenges.js'
import { createConfirm } from './confirmation.js'
import { writeCookies } from './cookie.js'
import { createDenylist } from './denylist.js'
import { randomText } from './encoding.js'
import { createEndings } from './endings.js'
import { createTell } from './event.js'
import { createExchange } from './exchange.js'
import { createFederation } from './federation.js'
import { createHandovers } from './handovers.js'
import { createHandshakes } from './handshakes.js'
import { createKeySet, generateSigningKey } from './keys.js'
import { createPasskeys } from './passkeys.js'
import { createPostbox } from './postbox.js'
import { createRefreshTokens } from './refresh-token.js'
import type { Call, Reply, RouteContract } from './route.js'
import { routes, routeTable } from './route-table.js'
import { createSealing } from './sealing.js'
import { createSecondFactor, type Resealed } from './second-factor.js'
import { createSessions } from './sessions.js'
import { readSettings, type EngineOptions } from './settings.js'
import { createTickets } from './tickets.js'
import { rememberVerified } from './verified.js'

/** The server side, answering. */
export type Engine = {
  readonly routes: readonly RouteContract[]
  /** Answers any call, unknown paths (404), wrong methods (405) and bad input included. Never rejects for what a caller sent. */
  readonly answer: (call: Call) => Promise<Reply>
  /** Judges the headers of any request of the app's own routes: who it is, or the 401 / 403 to send (with `WWW-Authenticate`). */
  readonly authorize: Authorize
  /** What an admin’s route does to an account, for commands and hosts: sessions and tokens that must end do. */
  readonly changeAccount: ChangeAccount
  /** The `Set-Cookie` values of a reply; none for `leave`, and in body mode, where a session cookie is another server's. */
  readonly setCookies: (reply: Pick<Reply, 'cookie' | 'handshake'>) => readonly string[]
  /** Seals every second factor's secret by the first pepper, so that the others may go; beside logins, in batches. */
  readonly reseal: () => Promise<Resealed>
  /** Settles when the keys are imported. @throws TypeError (it rejects) where one of them is no good. */
  readonly ready: () => Promise<void>
  /** Settles when every mail that was begun has been sent or given up, and the audit log is written: for the end of a process, and for tests. */
  readonly settled: () => Promise<void>
}

/**
 * Builds the server side without a server: no socket, no database driver, no framework. Runs in Node and in browsers.
 * @throws TypeError where an option is no good: which, why, and what would be right.
 */
export function createEngine(options: EngineOptions): Engine {
  const settings = readSettings(options)
  const { store, passwords, clock = systemClock } = options
  const keys = importKeys(options.keys)
  // Whoever needs the keys learns why there are none; until then nobody does.
  keys.catch(() => undefined)
  const audit = createAudit(store)
  const tell = createTell(
    (event) => {
      audit.write(event)
      options.onEvent?.(event)
    },
    () => millisecondsOf(clock),
  )
  const { issuer, audience, accessTtl, permissions, peppers, appUrl } = settings
  const { signer } = options
  const accessTokens = rememberVerified(
    createAccessTokens(keys, { issuer, audience, ttl: accessTtl, clock, signer }),
    clock,
  )
  const permissionsOf = (role: string): readonly string[] => permissions.get(role) ?? []
  const tokens = createRefreshTokens(peppers)
  const confirm = createConfirm(store)
  const denylist = options.denylist ?? createDenylist({ clock, ttl: accessTtl })
  const authorize = createAuthorize(
    { tokens: accessTokens, denylist, store, confirm, permissionsOf },
    { ...settings, clock },
  )
  const tickets = createTickets(store, clock)
  const decoyHash = once(() => passwords.hash(randomText(256)))
  const challenges = createChallenges(store, clock)
  const sealing = createSealing(peppers)
  const secondFactor = createSecondFactor({ store, clock, passwords, sealing, decoyHash, issuer: settings.appName })
  const postbox = createPostbox({
    mailer: options.mailer ?? null,
    tickets,
    appUrl,
    tell,
    afterReply: options.afterReply ?? ((work) => work()),
  })
  const endings = createEndings(store, denylist, tell)
  const changeAccount = createChangeAccount(store, { denylist, endings, tell })
  const answer = createAnswer(routeTable, {
    settings,
    store,
    clock,
    passwords,
    weakness: createWeakness({
      minLength: settings.minPasswordLength,
      appName: settings.appName,
      isBreached: options.isBreached ?? (async () => false),
    }),
    decoyHash,
    keys,
    accessTokens,
    sessions: createSessions({
      store,
      tokens,
      exchange: createExchange(tokens, settings),
      settings,
      clock,
      denylist,
      endings,
      arrival: createArrival(store, postbox, tell),
      postbox,
      tell,
    }),
    endings,
    denylist,
    changeAccount,
    tickets,
    postbox,
    secondFactor,
    challenges,
    passkeys: createPasskeys({ store, challenges, clock, place: settings.passkeys, appName: settings.appName }),
    confirm,
    authorize,
    permissionsOf,
    tell,
    audited: audit.settled,
    providers: new Map(settings.providers.map((provider) => [provider.name, provider])),
    handshakes: createHandshakes(store, clock),
    handovers: createHandovers(store, clock),
    federation: createFederation({ store, passwords, clock, postbox, tell }),
  })
  return {
    routes: settings.registration === 'private' ? routes.map(asMailed) : routes,
    answer,
    authorize,
    changeAccount,
    setCookies: (reply) => writeCookies(reply, settings.cookie, settings.transport),
    reseal: secondFactor.resealAll,
    ready: async () => {
      await keys
    },
    settled: async () => {
      await postbox.settled()
      await audit.settled()
    },
  }
}

/** Where registering always sends a mail, it is counted as what does: nobody's letter box is flooded by it. */
const asMailed = (contract: RouteContract): RouteContract =>
  contract.name === 'register' ? { ...contract, limit: 'mail' } : contract

const importKeys = async (given: readonly JsonWebKey[] | undefined) =>
  createKeySet(given ?? [await generateSigningKey()])

/** The work's promise, begun by the first who asks; a failure is forgotten, so that the next asks again. */
function once<Result>(work: () => Promise<Result>): () => Promise<Result> {
  let begun: Promise<Result> | null = null
  return () => {
    begun ??= work().catch((cause: unknown) => {
      begun = null
      throw cause
    })
    return begun
  }
}

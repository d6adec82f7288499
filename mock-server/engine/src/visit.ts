// What a route is given: its parsed input and the parts of the engine; and how a contract and its function become a route.
import type { z } from 'zod'
import type { AccessTokens } from './access-token.js'
import type { Passwords, Weakness } from './accounts/password.js'
import type { Authorize, Principal } from './authorize.js'
import type { EngineClock } from './clock.js'
import type { Challenges } from './challenges.js'
import type { ChangeAccount } from './change-account.js'
import type { Confirm } from './confirmation.js'
import type { Denylist } from './denylist.js'
import type { Endings } from './endings.js'
import type { Tell } from './event.js'
import type { Federation } from './federation.js'
import type { Handovers } from './handovers.js'
import type { Handshakes } from './handshakes.js'
import type { KeySet } from './keys.js'
import type { Passkeys } from './passkeys.js'
import type { Postbox } from './postbox.js'
import type { Provider } from './provider.js'
import type { Call, Reply, RouteContract } from './route.js'
import type { SecondFactor } from './second-factor.js'
import type { Sessions } from './sessions.js'
import type { Settings } from './settings.js'
import type { Store } from './store.js'
import type { Tickets } from './tickets.js'

/** The engine's parts, wired once. */
export type Parts = {
  readonly settings: Settings
  readonly store: Store
  readonly clock: EngineClock
  readonly passwords: Passwords
  /** Why a new password must not be chosen (B19). */
  readonly weakness: Weakness
  /** The hash of a password that nobody has: what an unknown address is compared with (B21). */
  readonly decoyHash: () => Promise<string>
  readonly keys: Promise<KeySet>
  readonly accessTokens: AccessTokens
  readonly sessions: Sessions
  readonly endings: Endings
  readonly denylist: Denylist
  readonly changeAccount: ChangeAccount
  readonly tickets: Tickets
  readonly postbox: Postbox
  readonly secondFactor: SecondFactor
  readonly challenges: Challenges
  readonly passkeys: Passkeys
  readonly confirm: Confirm
  readonly authorize: Authorize
  readonly permissionsOf: (role: string) => readonly string[]
  readonly tell: Tell
  /** Settles when the audit log is written, as far as the store takes it. */
  readonly audited: () => Promise<void>
  /** Where people may sign in, by name. */
  readonly providers: ReadonlyMap<string, Provider>
  readonly handshakes: Handshakes
  readonly handovers: Handovers
  readonly federation: Federation
}

type Parsed<Contract, Part extends string> = Contract extends {
  readonly [Name in Part]: infer Schema extends z.ZodType
}
  ? z.output<Schema>
  : undefined

/** A call of one route after every check: parsed by the contract's schemas, its bearer verified. */
export type Visit<Contract extends RouteContract> = {
  readonly call: Call
  readonly parts: Parts
  readonly body: Parsed<Contract, 'body'>
  readonly params: Parsed<Contract, 'params'>
  readonly query: Parsed<Contract, 'query'>
  readonly principal: Contract extends { readonly needs: { readonly bearer: true } } ? Principal : null
}

/** A visit of any route, as the one who checks it hands it in. */
export type AnyVisit = {
  readonly call: Call
  readonly parts: Parts
  readonly body: unknown
  readonly params: unknown
  readonly query: unknown
  readonly principal: Principal | null
}

/** One line of the contract with its function. */
export type Route = { readonly contract: RouteContract; readonly run: (visit: AnyVisit) => Promise<Reply> }

/** Binds a function to its contract; what it is given has the contract's types, for `answer` has parsed by them. */
export const route = <const Contract extends RouteContract>(
  contract: Contract,
  run: (visit: Visit<Contract>) => Promise<Reply>,
): Route => ({ contract, run: (visit) => run(visit as Visit<Contract>) })

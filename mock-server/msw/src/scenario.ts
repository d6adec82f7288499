// What befalls an app, by name; its secret is which faults and controls make it up.
import type { RouteName } from '@latchkey/engine'
import type { Fault } from './fault.js'

/**
 * What a test plays, from now on:
 * `token-expired` the next call of the API gets 401, and a refresh cures it ·
 * `session-expired` and `session-revoked` the next refresh is refused ·
 * `refresh-fails` the refresh answers 503 · `refresh-slow` it takes half a second · `refresh-limited` it answers 429 ·
 * `reply-lost` the next refresh rotates, and its answer never arrives ·
 * `csrf` the next refresh is refused as forged · `offline` nothing answers, the app's protected routes included.
 */
export type Scenario =
  | 'token-expired'
  | 'session-expired'
  | 'session-revoked'
  | 'refresh-fails'
  | 'refresh-slow'
  | 'refresh-limited'
  | 'reply-lost'
  | 'csrf'
  | 'offline'

/** The controls that scenarios are made of. */
export type Stage = {
  readonly expireAccessTokens: () => void
  readonly expireSessions: () => Promise<void>
  readonly revokeSessions: () => Promise<void>
  readonly fault: (route: FaultyRoute, fault: Fault) => () => void
  readonly routes: readonly RouteName[]
}

/** A route of the table, or `protected`: every handler that `mock.protect` wrapped. */
export type FaultyRoute = RouteName | 'protected'

const nothing = () => {}

/** Plays one; the answer takes back what still stands of it. */
export function playScenario(scenario: Scenario, stage: Stage): () => void {
  const { fault } = stage
  const refusal = (control: () => Promise<void> | void) => {
    void control()
    return nothing
  }
  const plots: Readonly<Record<Scenario, () => () => void>> = {
    'token-expired': () => refusal(stage.expireAccessTokens),
    'session-expired': () => refusal(stage.expireSessions),
    'session-revoked': () => refusal(stage.revokeSessions),
    'refresh-fails': () => fault('refresh', { status: 503, times: Infinity }),
    'refresh-slow': () => fault('refresh', { delay: 500, times: Infinity }),
    'refresh-limited': () => fault('refresh', { status: 429, retryAfter: 30, times: Infinity }),
    'reply-lost': () => fault('refresh', { lostReply: true }),
    csrf: () => fault('refresh', { status: 403, code: 'csrf' }),
    offline: () => {
      const takeBacks = [...stage.routes, 'protected' as const].map((route) =>
        fault(route, { network: 'error', times: Infinity }),
      )
      return () => takeBacks.forEach((takeBack) => takeBack())
    },
  }
  return plots[scenario]()
}

// The face of @latchkey/msw: re-exports only.
export { createMockAuth, type MockAuth, type MockAuthOptions } from './mock-auth.js'
export type { Authenticator } from './authenticator.js'
export type { MockClock } from './clock.js'
export type { Fault } from './fault.js'
export type { Mail, RouteName } from '@latchkey/engine'
export type { FaultyRoute, Scenario } from './scenario.js'
export type { ServerSideOptions } from './server-side.js'
export type { MockUser } from './users.js'

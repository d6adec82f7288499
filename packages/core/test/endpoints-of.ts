// The wire calls of one backend, bound to it, as laws call them.
import type { Wire } from '../src/core.js'
import { send, type CallOptions } from '../src/call.js'
import { me, refresh, signIn } from '../src/endpoints.js'
import type { Credentials, MfaAnswer, WireCall } from '../src/index.js'

export type Endpoints<User> = ReturnType<typeof endpointsOf<User>>

export const endpointsOf = <User>(given: Omit<Wire<User>, 'emit'>) => {
  const wire = { ...given, emit() {} }
  return {
    login: (credentials: Credentials, options?: CallOptions) => signIn(wire, 'login', credentials, options),
    verifyMfa: (answer: MfaAnswer, options?: CallOptions) => signIn(wire, 'verifyMfa', answer, options),
    register: (input: Credentials, options?: CallOptions) => signIn(wire, 'register', input, options),
    refresh: (refreshToken: string | undefined, options?: CallOptions) => refresh(wire, refreshToken, options),
    me: (options: CallOptions) => me(wire, options),
    send: async (call: WireCall, options?: CallOptions) => (await send(wire, call, options)).body,
  }
}

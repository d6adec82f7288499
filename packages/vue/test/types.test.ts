// What the types promise; these tests run nothing.
// @vitest-environment node
import type { AuthClient, AuthError, LatchkeyUser, LoginResult } from '@latchkey/core'
import { expectTypeOf, test } from 'vitest'
import { h } from 'vue'
import {
  Show,
  useSession,
  useUser,
  type GateSubject,
  type Register,
  type RegisteredClient,
  type UserOf,
} from '../src/index.js'
import type { useLogin, useLogout, useMfa } from '../src/forms.js'

type Person = { readonly name: string }

/** Never called: what matters is that it compiles. */
export function useEmail(): string {
  const session = useSession()
  // @ts-expect-error only an authenticated session has a user
  const tooEarly: string = session.value.user.email
  return session.value.status === 'authenticated' ? session.value.user.email : tooEarly
}

/** Never called either. */
export function nameOf(subject: GateSubject<Person>): string {
  // @ts-expect-error a user who may be null has no name yet
  const tooEarly: string = subject.user.name
  return subject.isAuthenticated ? subject.user.name : tooEarly
}

test('a registered user is what the composables return, else the user of Latchkey’s own server', () => {
  expectTypeOf<UserOf<{ user: Person }>>().toEqualTypeOf<Person>()
  expectTypeOf<UserOf<Register>>().toEqualTypeOf<LatchkeyUser>()
  expectTypeOf(useUser).returns.toHaveProperty('value').toEqualTypeOf<LatchkeyUser | null>()
})

test('a plugin takes only clients whose user is the registered one', () => {
  expectTypeOf<AuthClient>().toExtend<RegisteredClient>()
  expectTypeOf<AuthClient<Person>>().not.toExtend<RegisteredClient>()
})

test('a gate is spelt right or refused', () => {
  const nodes = [
    () => h(Show, { when: { role: 'admin', permission: 'posts:write' } }),
    () => h(Show, { when: ({ user }) => user?.email === '' }),
    // @ts-expect-error there is no such gate
    () => h(Show, { when: 'signed-on' }),
    // @ts-expect-error a gate that names nothing opens for nobody
    () => h(Show, { when: {} }),
  ]
  expectTypeOf(nodes).toBeArray()
})

test('a form takes what the client’s call takes, and shows what it gives', () => {
  expectTypeOf<ReturnType<typeof useMfa>['mutate']>().parameters.toEqualTypeOf<Parameters<AuthClient['verifyMfa']>>()
  expectTypeOf<ReturnType<typeof useLogout>['mutate']>().toBeCallableWith()
  expectTypeOf<ReturnType<typeof useLogin>['data']['value']>().toEqualTypeOf<LoginResult<LatchkeyUser> | null>()
  expectTypeOf<ReturnType<typeof useLogin>['error']['value']>().toEqualTypeOf<AuthError | null>()
})

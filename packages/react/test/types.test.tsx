// What the types promise; these tests run nothing.
// @vitest-environment node
import type { AuthClient, AuthError, LatchkeyUser, LoginResult } from '@latchkey/core'
import { expectTypeOf, test } from 'vitest'
import {
  AuthProvider,
  Show,
  useSession,
  type Auth,
  type AuthProviderProps,
  type Register,
  type UserOf,
  type useAuthSuspense,
} from '../src/index.js'
import type { Submission, useLogin, useLogout, useMfa } from '../src/forms.js'

type Person = { readonly name: string }

/** Never called: what matters is that it compiles. */
export function nameOf(auth: Auth<Person>): string {
  // @ts-expect-error a user who may be null has no name yet
  const tooEarly: string = auth.user.name
  if (auth.status === 'authenticated') {
    expectTypeOf(auth.user).toEqualTypeOf<Person>()
    return auth.user.name
  }
  expectTypeOf(auth.user).toBeNull()
  return auth.status === 'pending' ? tooEarly : auth.reason
}

/** Never called either. */
export function useExpiry(): number | null {
  const session = useSession()
  // @ts-expect-error only an authenticated session has an expiry
  const tooEarly: number = session.expiresAt
  return session.status === 'authenticated' ? session.expiresAt : tooEarly
}

test('the status narrows to the user', () => {
  expectTypeOf<(Auth<Person> & { status: 'authenticated' })['user']>().toEqualTypeOf<Person>()
  expectTypeOf<(Auth<Person> & { status: 'unauthenticated' })['user']>().toBeNull()
})

test('isAuthenticated and isPending narrow as the status does', () => {
  expectTypeOf<(Auth<Person> & { isAuthenticated: true })['user']>().toEqualTypeOf<Person>()
  expectTypeOf<(Auth<Person> & { isPending: true })['status']>().toEqualTypeOf<'pending'>()
})

test('a registered user is what the hooks return, else the user of Latchkey’s own server', () => {
  expectTypeOf<UserOf<{ user: Person }>>().toEqualTypeOf<Person>()
  expectTypeOf<UserOf<Register>>().toEqualTypeOf<LatchkeyUser>()
})

test('a provider takes only clients whose user is the registered one', () => {
  expectTypeOf<AuthClient>().toExtend<AuthProviderProps['client']>()
  expectTypeOf<AuthClient<Person>>().not.toExtend<AuthProviderProps['client']>()
  expectTypeOf(AuthProvider).parameter(0).toEqualTypeOf<AuthProviderProps>()
})

test('a gate is spelt right or refused', () => {
  const elements = [
    <Show key="1" when={{ role: 'admin', permission: 'posts:write' }} />,
    <Show key="2" when={({ isPending }) => isPending} />,
    // @ts-expect-error there is no such gate
    <Show key="3" when="signed-on" />,
    // @ts-expect-error a gate that names nothing opens for nobody
    <Show key="4" when={{}} />,
    // @ts-expect-error a gate asks for something
    <Show key="5" />,
  ]
  expectTypeOf(elements).toBeArray()
})

test('a form narrows by its status to the error or the result', () => {
  type Form = Submission<[name: string], number>
  expectTypeOf<(Form & { status: 'error' })['error']>().toEqualTypeOf<AuthError>()
  expectTypeOf<(Form & { status: 'success' })['data']>().toEqualTypeOf<number>()
  expectTypeOf<(Form & { isPending: true })['error']>().toBeNull()
  expectTypeOf<Form['error']>().toEqualTypeOf<AuthError | null>()
})

test('a form takes what the client’s call takes', () => {
  expectTypeOf<ReturnType<typeof useMfa>['mutate']>().parameters.toEqualTypeOf<Parameters<AuthClient['verifyMfa']>>()
  expectTypeOf<ReturnType<typeof useLogout>['mutate']>().toBeCallableWith()
  expectTypeOf<ReturnType<typeof useLogin>['data']>().toEqualTypeOf<LoginResult<LatchkeyUser> | null>()
})

test('who suspends is told of no pending session', () => {
  expectTypeOf<ReturnType<typeof useAuthSuspense>['isPending']>().toEqualTypeOf<false>()
  expectTypeOf<ReturnType<typeof useAuthSuspense>['status']>().toEqualTypeOf<'authenticated' | 'unauthenticated'>()
})

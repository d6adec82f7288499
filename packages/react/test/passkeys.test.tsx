// The passkey hooks in a browser without passkeys: the error is the form's, and nothing is asked of the server in vain.
import { act, cleanup, renderHook } from '@testing-library/react'
import type { PropsWithChildren } from 'react'
import { afterEach, expect, test } from 'vitest'
import { AuthProvider } from '../src/index.js'
import { useAddPasskey, usePasskey, usePasskeys } from '../src/passkeys.js'
import { createHandMadeClient } from './hand-made-client.js'
import { AuthError } from '@latchkey/core'

afterEach(cleanup)

function open(answer: () => Promise<unknown>) {
  const paths: string[] = []
  const { client } = createHandMadeClient()
  const send: typeof client.send = ({ path }) => {
    paths.push(path)
    return answer()
  }
  const wrapper = ({ children }: PropsWithChildren) => (
    <AuthProvider client={{ ...client, send }}>{children}</AuthProvider>
  )
  const hook = renderHook(() => ({ signIn: usePasskey(), add: useAddPasskey(), all: usePasskeys() }), { wrapper })
  return { paths, hook }
}

test('a passkey form is pending, then shows what the server refused, and can be reset', async () => {
  const refusal = new AuthError('rate_limited', 'Too many tries.')
  const { paths, hook } = open(() => Promise.reject(refusal))
  act(() => hook.result.current.signIn.mutate())
  expect(hook.result.current.signIn.isPending).toBe(true)
  await act(async () => undefined)
  expect(hook.result.current.signIn).toMatchObject({ isPending: false, error: refusal, fieldErrors: {} })
  act(() => hook.result.current.signIn.reset())
  expect(hook.result.current.signIn.error).toBeNull()
  await act(async () => hook.result.current.add.mutate('My laptop'))
  expect(hook.result.current.add.error).toBe(refusal)
  await act(async () => hook.result.current.signIn.mutate({ challenge: 'c1' }))
  expect(paths).toEqual([
    'auth/passkeys/login/options',
    'auth/passkeys/register/options',
    'auth/passkeys/login/options',
  ])
})

test('a browser without passkeys says so', async () => {
  const { hook } = open(() => Promise.resolve({ challenge: 'AAAA' }))
  expect(hook.result.current.all.isSupported()).toBe(false)
  await act(async () => hook.result.current.signIn.mutate())
  expect(hook.result.current.signIn.error?.code).toBe('misconfigured')
})

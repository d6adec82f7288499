// The form composables: what a form shows from the click to the answer, and how often.
import { AuthError, type AuthClient } from '@latchkey/core'
import { flushPromises, mount } from '@vue/test-utils'
import { expect, test, vi } from 'vitest'
import { defineComponent, watch, type Ref } from 'vue'
import { useLogin, useLogout, useMfa, useRegister } from '../src/forms.js'
import { createLatchkey } from '../src/index.js'
import { createBackend } from './backend.js'
import { ada, createHandMadeClient } from './hand-made-client.js'
import { createSlowClient } from './slow-client.js'

const credentials = { email: 'ada@example.com', password: 'correct horse battery staple' }
const wrong = new AuthError('invalid_credentials', 'No such e-mail and password.')
const weak = new AuthError('weak_password', 'Too short.', { fieldErrors: { password: 'At least twelve characters.' } })
const challenged = { status: 'mfa-required', challenge: 'c1', methods: ['totp'] } as const

/** A form on the page; `paints` holds the status that it showed, render by render. */
function open<Form extends { readonly status: Readonly<Ref<string>> }>(client: AuthClient, composable: () => Form) {
  const paints: string[] = []
  const forms: Form[] = []
  const Page = defineComponent(() => {
    const form = composable()
    forms.push(form)
    return () => void paints.push(form.status.value)
  })
  const wrapper = mount(Page, { global: { plugins: [createLatchkey(client)] } })
  const [form = composable()] = forms
  return { form, paints, wrapper }
}

test('a login that succeeds renders pending once and its result once', async () => {
  const { client, succeed } = createSlowClient()
  const { form, paints } = open(client, useLogin)
  form.mutate(credentials)
  await flushPromises()
  expect([form.isPending.value, form.data.value]).toEqual([true, null])
  succeed(0, challenged)
  await flushPromises()
  expect([form.isPending.value, form.data.value]).toEqual([false, challenged])
  expect(paints).toEqual(['idle', 'pending', 'success'])
})

test('a refusal is an error to show, and is gone with the next try', async () => {
  const { client, fail } = createSlowClient()
  const { form, paints } = open(client, useLogin)
  form.mutate(credentials)
  await flushPromises()
  fail(0, wrong)
  await flushPromises()
  expect(form.error.value).toBe(wrong)
  form.mutate(credentials)
  await flushPromises()
  expect(form.error.value).toBeNull()
  expect(paints).toEqual(['idle', 'pending', 'error', 'pending'])
})

test('what the server says of a field is under its name, and of no field is nothing', async () => {
  const { client, fail } = createSlowClient()
  const { form } = open(client, useRegister)
  expect(form.fieldErrors.value).toEqual({})
  form.mutate(credentials)
  fail(0, weak)
  await flushPromises()
  expect(form.fieldErrors.value).toEqual({ password: 'At least twelve characters.' })
  form.mutate(credentials)
  fail(1, wrong)
  await flushPromises()
  expect(form.fieldErrors.value).toEqual({})
})

test('of two calls the last one is shown, whichever answers first', async () => {
  const { client, succeed, fail } = createSlowClient()
  const { form } = open(client, useMfa)
  form.mutate({ challenge: 'c1', code: '000000' })
  form.mutate({ challenge: 'c1', code: '123456' })
  fail(0, wrong)
  await flushPromises()
  expect(form.isPending.value).toBe(true)
  succeed(1, challenged)
  await flushPromises()
  expect(form.data.value).toEqual(challenged)
})

test('a straggling success does not cover the failure of the last call', async () => {
  const { client, succeed, fail } = createSlowClient()
  const { form } = open(client, useLogin)
  form.mutate(credentials)
  form.mutate(credentials)
  fail(1, wrong)
  await flushPromises()
  succeed(0, challenged)
  await flushPromises()
  expect(form.error.value).toBe(wrong)
})

test('reset forgets the error, and the answer that is still to come', async () => {
  const { client, fail } = createSlowClient()
  const { form } = open(client, useLogin)
  form.mutate(credentials)
  form.reset()
  fail(0, wrong)
  await flushPromises()
  expect([form.status.value, form.error.value]).toEqual(['idle', null])
})

test('mutateAsync gives the result to its caller, and the error too', async () => {
  const { client, succeed, fail } = createSlowClient()
  const { form } = open(client, useLogin)
  const first = form.mutateAsync(credentials)
  succeed(0, challenged)
  expect(await first).toBe(challenged)
  const second = form.mutateAsync(credentials)
  fail(1, wrong)
  await expect(second).rejects.toBe(wrong)
  expect(form.error.value).toBe(wrong)
})

test('a fault of the code is reported, and is no error to show', async () => {
  const reported = vi.spyOn(globalThis, 'reportError').mockImplementation(() => undefined)
  const { client, fail } = createSlowClient()
  const { form } = open(client, useLogin)
  const fault = new TypeError('undefined is not a function')
  form.mutate(credentials)
  fail(0, fault)
  await flushPromises()
  expect([form.status.value, form.error.value]).toEqual(['idle', null])
  expect(reported.mock.calls).toEqual([[fault]])
  reported.mockRestore()
})

test('a form renders nothing for what happens to the session', async () => {
  const { client, grant, refreshed, listeners } = createHandMadeClient()
  const { paints } = open(client, useLogin)
  grant(ada)
  refreshed(2_000)
  await flushPromises()
  expect(paints).toEqual(['idle'])
  expect(listeners()).toBe(0)
})

test('an unmounted form is told nothing any more', async () => {
  const { client, fail } = createSlowClient()
  const { form, paints, wrapper } = open(client, useLogin)
  form.mutate(credentials)
  const told: string[] = []
  watch(form.status, (status) => told.push(status), { flush: 'sync' })
  wrapper.unmount()
  fail(0, wrong)
  await flushPromises()
  expect([form.status.value, told, paints]).toEqual(['pending', [], ['idle']])
})

test('on the real client a login and a logout go through their forms', async () => {
  const { client, calls } = createBackend({ isSignedIn: false })
  await client.restore()
  const login = open(client, useLogin).form
  const logout = open(client, useLogout).form
  await login.mutateAsync(credentials)
  expect(login.data.value?.status).toBe('authenticated')
  await logout.mutateAsync({ everywhere: true })
  expect(logout.status.value).toBe('success')
  expect(client.$session.get().status).toBe('unauthenticated')
  expect(calls.slice(-2)).toEqual(['/auth/login', '/auth/logout-all'])
  client.dispose()
})

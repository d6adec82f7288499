// The passkey composables in a browser without passkeys: the error is the form's, and nothing is asked of the server in vain.
import { AuthError } from '@latchkey/core'
import { flushPromises, mount } from '@vue/test-utils'
import { expect, test } from 'vitest'
import { defineComponent } from 'vue'
import { createLatchkey } from '../src/index.js'
import { useAddPasskey, usePasskey, usePasskeys } from '../src/passkeys.js'
import { createHandMadeClient } from './hand-made-client.js'

function open(answer: () => Promise<unknown>) {
  const paths: string[] = []
  const { client } = createHandMadeClient()
  const send: typeof client.send = ({ path }) => {
    paths.push(path)
    return answer()
  }
  const useForms = () => ({ forms: { signIn: usePasskey(), add: useAddPasskey(), all: usePasskeys() } })
  const Page = defineComponent({ setup: useForms, render: () => null })
  const { forms } = mount(Page, { global: { plugins: [createLatchkey({ ...client, send })] } }).vm
  return { paths, forms }
}

test('a passkey form is pending, then shows what the server refused, and can be reset', async () => {
  const refusal = new AuthError('rate_limited', 'Too many tries.')
  const { paths, forms } = open(() => Promise.reject(refusal))
  const { signIn, add } = forms
  signIn.mutate()
  expect(signIn.isPending.value).toBe(true)
  await flushPromises()
  expect([signIn.isPending.value, signIn.error.value, signIn.fieldErrors.value]).toEqual([false, refusal, {}])
  signIn.reset()
  expect(signIn.error.value).toBeNull()
  add.mutate('My laptop')
  await flushPromises()
  expect(add.error.value).toBe(refusal)
  signIn.mutate({ challenge: 'c1' })
  await flushPromises()
  expect(paths).toEqual([
    'auth/passkeys/login/options',
    'auth/passkeys/register/options',
    'auth/passkeys/login/options',
  ])
})

test('a browser without passkeys says so', async () => {
  const { forms } = open(() => Promise.resolve({ challenge: 'AAAA' }))
  expect(forms.all.isSupported()).toBe(false)
  forms.signIn.mutate()
  await flushPromises()
  expect(forms.signIn.error.value?.code).toBe('misconfigured')
})

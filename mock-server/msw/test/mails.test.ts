import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createMockAuth } from '../src/index.js'
import { bob, wireClient } from './wire-client.js'

const mock = createMockAuth({ baseURL: 'https://api.test', users: [bob] })
const server = setupServer(...mock.handlers)
const client = wireClient(mock.fetch, 'https://api.test')

beforeAll(() => server.listen({ onUnhandledFrame: 'error' }))
afterEach(() => mock.reset())
afterAll(() => server.close())

const forgot = () => client.ask('POST', '/auth/password/forgot', { body: { email: bob.email } })

test('a mail is there as soon as the call is answered, and its link opens the account', async () => {
  expect((await forgot()).status).toBe(204)
  expect(mock.mails).toMatchObject([{ kind: 'reset-password', to: bob.email }])
  const [mail] = mock.mails
  const token = mail !== undefined && 'link' in mail ? new URL(mail.link).hash.replace('#token=', '') : ''
  const body = { token, password: 'a password of bob’s own' }
  expect((await client.ask('POST', '/auth/password/reset', { body })).status).toBe(204)
  expect((await client.login(bob.email, body.password)).user).toMatchObject({ email: bob.email })
  expect(mock.mails.map(({ kind }) => kind)).toEqual(['reset-password', 'password-changed'])
})

test('a reset of the mock empties the letter box', async () => {
  await forgot()
  mock.reset()
  expect(mock.mails).toEqual([])
  await forgot()
  expect(mock.mails).toHaveLength(1)
})

test('links point to the app that the options name', async () => {
  const appUrl = 'https://app.example.com/shop'
  const other = createMockAuth({ baseURL: 'https://other.test', users: [bob], appUrl })
  server.use(...other.handlers)
  const ask = wireClient(other.fetch, 'https://other.test').ask
  await ask('POST', '/auth/password/forgot', { body: { email: bob.email } })
  expect(other.mails).toMatchObject([{ link: expect.stringContaining(`${appUrl}/reset-password#token=`) }])
})

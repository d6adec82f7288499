// @vitest-environment jsdom
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createMockAuth } from '../src/index.js'
import { ada, codeOf, wireClient } from './wire-client.js'

const mock = createMockAuth({ baseURL: '/api', users: [ada] })
const server = setupServer(...mock.handlers)
const client = wireClient(mock.fetch, '/api')

beforeAll(() => server.listen({ onUnhandledFrame: 'error' }))
afterEach(() => mock.reset())
afterAll(() => server.close())

const refresh = (credentials: RequestCredentials) => client.ask('POST', '/auth/refresh', { credentials })

test('in a page of jsdom relative URLs are the page’s, and the cookie stays out of its reach', async () => {
  const { sid } = await client.login()
  expect(document.cookie).toBe('')
  expect(await (await refresh('same-origin')).json()).toMatchObject({ sid, gen: 1 })
  expect(await codeOf(await refresh('omit'))).toBe('no_session')
})

test('to another origin than the page’s, cookies travel by `include` only', async () => {
  const elsewhere = wireClient(mock.fetch, 'https://api.test/api')
  await elsewhere.login()
  const ask = (credentials: RequestCredentials) => elsewhere.ask('POST', '/auth/refresh', { credentials })
  expect(await codeOf(await ask('same-origin'))).toBe('no_session')
  expect((await ask('include')).status).toBe(200)
})

test('as() signs the page in', async () => {
  await mock.as(ada.email)
  expect((await refresh('include')).status).toBe(200)
})

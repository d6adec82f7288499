// What a server renders: there is no window here.
// @vitest-environment node
import { renderToString } from '@vue/server-renderer'
import { expect, test } from 'vitest'
import { createSSRApp } from 'vue'
import { createLatchkey, type RegisteredClient } from '../src/index.js'
import { ada, createHandMadeClient } from './hand-made-client.js'
import { Page } from './page.js'

/** The page as a server renders it, without the marks around fragments. */
const html = async (client: RegisteredClient) =>
  (await renderToString(createSSRApp(Page).use(createLatchkey(client)))).replaceAll(/<!--.*?-->/g, '')

test('a server renders pending, and leaves no listener behind', async () => {
  const { client, listeners } = createHandMadeClient()
  expect(await html(client)).toBe('<p>pending pending idle nobody false …</p>')
  expect(listeners()).toBe(0)
})

test('a server that knows the session from the start renders it', async () => {
  const { client } = createHandMadeClient({ status: 'authenticated', generation: 1, user: ada, expiresAt: null })
  expect(await html(client)).toBe('<p>authenticated authenticated idle Ada true in</p>')
})

test('what changes after the start does not reach the server render', async () => {
  const { client, grant } = createHandMadeClient()
  grant(ada)
  expect(await html(client)).toBe('<p>pending pending idle nobody false …</p>')
})

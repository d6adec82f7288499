// Many requests on one server: renders that interleave show nobody another one's session. And Nuxt's plugin, rendered.
// @vitest-environment node
import { createAuthClient, type LatchkeyUser, type Session } from '@latchkey/core'
import { renderToString } from '@vue/server-renderer'
import { expect, test } from 'vitest'
import { createSSRApp, defineComponent, h } from 'vue'
import { createLatchkey, Show, useAuth, useUser } from '../src/index.js'
import { useAuthSuspense } from '../src/suspense.js'
import { ada, bob, createHandMadeClient } from './hand-made-client.js'
import installLatchkey from './nuxt-plugin.js'

const sessionOf = (user: LatchkeyUser): Session<LatchkeyUser> => ({
  status: 'authenticated',
  generation: 0,
  user,
  expiresAt: null,
})

/** One request's page: half of it at once, half of it after `release`. */
function request(
  session: Session<LatchkeyUser> | undefined,
  client = createAuthClient({ baseURL: 'https://api.test' }),
) {
  let release = () => {}
  const released = new Promise<void>((resolve) => (release = resolve))
  const Name = defineComponent(() => {
    const user = useUser()
    return () => h('b', user.value?.display_name ?? 'nobody')
  })
  const Late = defineComponent(async () => {
    const { can } = useAuth()
    await released
    const slots = { default: () => 'in', fallback: () => 'no', pending: () => 'unknown' }
    return () => [h(Name), h('i', String(can('posts:write'))), h('u', h(Show, { when: { role: 'admin' } }, slots))]
  })
  const app = createSSRApp(defineComponent(() => () => [h(Name), h(Late)]))
  app.use(createLatchkey(client, { initialSession: session }))
  return { release, html: renderToString(app) }
}

test.each([
  ['a client each', undefined],
  ['one client for all', createAuthClient({ baseURL: 'https://api.test' })],
] as const)('interleaved renders of three visitors, with %s, are each their own', async (_name, shared) => {
  const [first, second, third] = [
    request(sessionOf(ada), shared),
    request(undefined, shared),
    request(sessionOf(bob), shared),
  ]
  for (const { release } of [third, first, second]) {
    release()
    await new Promise(setImmediate)
  }
  const pages = await Promise.all([first, second, third].map(({ html }) => html))
  expect(pages.map((html) => html.replaceAll(/<!--.*?-->/g, ''))).toEqual([
    '<b>Ada</b><b>Ada</b><i>true</i><u>in</u>',
    '<b>nobody</b><b>nobody</b><i>false</i><u>unknown</u>',
    '<b>Bob</b><b>Bob</b><i>false</i><u>no</u>',
  ])
})

test('on a server that knows of no session, useAuthSuspense says so and does not wait for ever', async () => {
  const Page = defineComponent(async () => {
    const { status } = await useAuthSuspense()
    return () => status.value
  })
  const app = createSSRApp(Page).use(createLatchkey(createHandMadeClient().client))
  app.config.warnHandler = () => undefined
  await expect(renderToString(app)).rejects.toMatchObject({ code: 'misconfigured' })
})

test('the Nuxt plugin of docs/vue.md renders pending on the server, and asks nobody', async () => {
  const Page = defineComponent(() => {
    const { status } = useAuth()
    const slots = { default: () => 'in', fallback: () => 'no', pending: () => '…' }
    return () => h('p', [status.value, ' ', h(Show, { when: 'signed-in' }, slots)])
  })
  const asked: unknown[] = []
  const { fetch } = globalThis
  globalThis.fetch = (...call) => {
    asked.push(call)
    return Promise.reject(new TypeError('There is no network here.'))
  }
  try {
    const vueApp = createSSRApp(Page)
    installLatchkey({ vueApp })
    expect((await renderToString(vueApp)).replaceAll(/<!--.*?-->/g, '')).toBe('<p>pending …</p>')
  } finally {
    globalThis.fetch = fetch
  }
  expect(asked).toEqual([])
})

// What Vue's devtools are told, by their own kit: in Node their API is a stub, so the project points it at the kit.
import {
  addDevToolsAppRecord,
  DevToolsContextHookKeys,
  devtoolsContext,
  devtoolsPluginBuffer,
  DevToolsV6PluginAPIHookKeys,
  initDevTools,
  registerDevToolsPlugin,
  setActiveAppRecord,
  toggleHighPerfMode,
  type AppRecord,
} from '@vue/devtools-kit'
import { beforeAll, expect, test, vi } from 'vitest'
import { createApp } from 'vue'
import { latchkeyDevtools } from '../src/devtools.js'
import { createBackend } from './backend.js'

beforeAll(() => {
  initDevTools()
  // When an app goes the kit turns to the next, and what it says a moment later fails where there is none.
  addDevToolsAppRecord({ app: createApp(() => 'another page') } as unknown as AppRecord)
  toggleHighPerfMode(false)
})

type Asked = {
  readonly inspectorId: string
  rootNodes?: unknown
  state?: Record<string, { key: string; value: unknown }[]>
}

/** What the plugins answer to one question of the devtools. */
async function ask(question: 'GET_INSPECTOR_TREE' | 'GET_INSPECTOR_STATE'): Promise<Asked> {
  const payload: Asked = { inspectorId: 'latchkey' }
  const answering = async (callbacks: readonly ((...given: never[]) => unknown)[]) => {
    for (const callback of callbacks) await (callback as (asked: Asked) => unknown)(payload)
  }
  await (devtoolsContext.hooks.callHookWith as (caller: typeof answering, name: string) => Promise<void>)(
    answering,
    DevToolsV6PluginAPIHookKeys[question],
  )
  return payload
}

test('the inspector shows the session and how refreshing goes, the timeline every event, and no token is among it', async () => {
  const titles: unknown[] = []
  devtoolsContext.hooks.hook(DevToolsContextHookKeys.TIMELINE_EVENT_ADDED, async ({ options }) => {
    if (options.layerId === 'latchkey') titles.push(options.event.title)
  })
  const { client } = createBackend({ isSignedIn: true })
  await client.restore()
  const app = createApp(() => 'page').use(latchkeyDevtools(client))
  // What the devtools do when they find an app.
  await vi.waitUntil(() => devtoolsPluginBuffer.length > 0)
  registerDevToolsPlugin(app)
  // The app that is looked at: the kit asks for it a moment after an inspector came.
  setActiveAppRecord({ app } as unknown as AppRecord)
  app.mount(document.createElement('div'))
  await client.refresh()
  expect(await ask('GET_INSPECTOR_TREE')).toMatchObject({ rootNodes: [{ id: 'latchkey', label: 'authenticated' }] })
  const { state } = await ask('GET_INSPECTOR_STATE')
  expect(state?.['session']).toContainEqual({ key: 'status', value: 'authenticated' })
  expect(state?.['refresh']).toContainEqual({ key: 'status', value: 'idle' })
  expect(JSON.stringify(state)).not.toMatch(/eyJ/)
  await client.logout()
  expect(titles).toEqual(['login', 'refreshed', 'logout'])
  expect(await ask('GET_INSPECTOR_TREE')).toMatchObject({ rootNodes: [{ label: 'unauthenticated' }] })

  app.unmount()
  await client.login({ email: 'ada@example.com', password: 'correct horse battery staple' })
  expect(titles).toHaveLength(3)
  client.dispose()
})

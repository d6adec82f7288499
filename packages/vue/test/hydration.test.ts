// A browser that takes over what a server rendered.
import { renderToString } from '@vue/server-renderer'
import { expect, test, vi } from 'vitest'
import { createApp, createSSRApp, nextTick } from 'vue'
import { createLatchkey } from '../src/index.js'
import { ada, createHandMadeClient } from './hand-made-client.js'
import { Page } from './page.js'

test('a session that was restored before hydration agrees with the server first, and is shown then', async () => {
  const warnings = vi.spyOn(console, 'warn')
  const complaints = vi.spyOn(console, 'error')
  const container = document.createElement('div')
  container.innerHTML = await renderToString(createSSRApp(Page).use(createLatchkey(createHandMadeClient().client)))

  const { client, grant, listeners } = createHandMadeClient()
  grant(ada)
  const paints: string[] = []
  const app = createSSRApp(Page, { paints }).use(createLatchkey(client))
  app.mount(container)
  expect(container.textContent).toBe('pending pending idle nobody false …')
  await nextTick()
  expect(container.textContent).toBe('authenticated authenticated idle Ada true in')
  expect(paints).toEqual(['pending pending idle nobody false', 'authenticated authenticated idle Ada true'])
  expect([warnings.mock.calls, complaints.mock.calls]).toEqual([[], []])
  app.unmount()
  expect(listeners()).toBe(0)
})

test('a component that no server rendered shows the session at once', () => {
  const { client, grant } = createHandMadeClient()
  grant(ada)
  const paints: string[] = []
  createApp(Page, { paints }).use(createLatchkey(client)).mount(document.createElement('div'))
  expect(paints).toEqual(['authenticated authenticated idle Ada true'])
})

// How a server ends: what has begun is finished, nothing new begins, and everything is closed.
import { createMemoryStore, StoreUnavailable } from '@latchkey/engine'
import { expect, it } from 'vitest'
import { aServer } from './settings.js'

/** A promise with its own end. */
function aSignal() {
  let give: () => void = () => undefined
  const given = new Promise<void>((resolve) => {
    give = resolve
  })
  return { given, give }
}

it('what has begun is finished, nothing new begins, and the store is closed last', async () => {
  const entered = aSignal()
  const release = aSignal()
  const store = createMemoryStore()
  const server = await aServer({
    store,
    mount: (app) => {
      app.get('/slow', async (_request, response) => {
        entered.give()
        await release.given
        await store.ping()
        response.json({ done: true })
      })
    },
  })
  // A connection that is kept alive and idle must not hold the server open.
  await (await fetch(`${server.url}/healthz`)).text()
  const slow = fetch(`${server.url}/slow`)
  await entered.given
  const stopped = server.stop()
  await expect(fetch(`${server.url}/healthz`)).rejects.toThrow('fetch failed')
  release.give()
  const response = await slow
  expect([response.status, response.headers.get('connection'), await response.json()]).toEqual([
    200,
    'close',
    { done: true },
  ])
  await stopped
  await expect(store.ping()).rejects.toBeInstanceOf(StoreUnavailable)
  await server.stop()
})

it('a start that fails half-way closes what it had opened', async () => {
  const first = await aServer({ store: createMemoryStore() })
  const store = createMemoryStore()
  await expect(aServer({ store, env: { PORT: String(first.port) } })).rejects.toThrow('EADDRINUSE')
  await expect(store.ping()).rejects.toBeInstanceOf(StoreUnavailable)
  await first.stop()
})

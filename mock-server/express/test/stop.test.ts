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

it('a stop under load loses no request: each that had begun is answered in full (B37)', async () => {
  let begun = 0
  const store = createMemoryStore()
  const server = await aServer({
    store,
    mount: (app) => {
      app.post('/work', async (_request, response) => {
        begun += 1
        await store.ping()
        setImmediate(() => response.json({ done: true }))
      })
    },
  })
  let answered = 0
  const enough = aSignal()
  /** Over kept-alive connections, until no server is there any more. */
  const work = async (): Promise<void> => {
    for (;;) {
      const response = await fetch(`${server.url}/work`, { method: 'POST' }).catch((error: unknown) => {
        if (error instanceof TypeError) return null
        throw error
      })
      if (response === null) return
      expect([response.status, await response.json()]).toEqual([200, { done: true }])
      answered += 1
      if (answered === 200) enough.give()
    }
  }
  const workers = Array.from({ length: 16 }, work)
  await enough.given
  await server.stop()
  await Promise.all(workers)
  expect(answered).toBe(begun)
})

// MSW in Node: real fetch, intercepted, and the mock's own clock and users.
import { createMockAuth } from '@latchkey/msw'
import { routes } from '@latchkey/engine'
import { setupServer } from 'msw/node'
import { openProviders } from './provider.js'
import { admin, lawfulOptions, type Mode, received, toInit, type Transport } from './transport.js'

export async function openMsw(mode: Mode = 'cookie'): Promise<Transport> {
  const baseURL = 'https://api.test/v1'
  const elsewhere = openProviders()
  const providers = Object.values(elsewhere)
  const mock = createMockAuth({ ...lawfulOptions, transport: mode, baseURL, providers, users: [admin] })
  const server = setupServer(...mock.handlers)
  server.listen({ onUnhandledFrame: 'error' })

  return {
    send: async (sent) => received(await mock.fetch(baseURL + sent.path, toInit(sent))),
    now: mock.clock.now,
    advance: mock.clock.advance,
    mails: async () => mock.mails,
    elsewhere,
    routes,
    limitsBytes: false,
    answersUnknownPaths: false,
    close: async () => {
      server.close()
    },
  }
}

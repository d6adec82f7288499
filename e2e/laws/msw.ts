// MSW in Node: real fetch, intercepted, and the mock's own clock and users.
import { createMockAuth } from '@latchkey/msw'
import { routes } from '@latchkey/engine'
import { setupServer } from 'msw/node'
import { admin, lawfulOptions, type Mode, received, toInit, type Transport } from './transport.js'

export async function openMsw(mode: Mode = 'cookie'): Promise<Transport> {
  const baseURL = 'https://api.test/v1'
  const mock = createMockAuth({ ...lawfulOptions, transport: mode, baseURL, users: [admin] })
  const server = setupServer(...mock.handlers)
  server.listen({ onUnhandledFrame: 'error' })

  return {
    send: async (sent) => received(await mock.fetch(baseURL + sent.path, toInit(sent))),
    advance: mock.clock.advance,
    mails: async () => mock.mails,
    routes,
    limitsBytes: false,
    answersUnknownPaths: false,
    close: async () => {
      server.close()
    },
  }
}

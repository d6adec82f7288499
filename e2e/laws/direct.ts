// The shortest way to the server side: `engine.answer`, with a store in memory and no transport at all.
import { createEngine, createMemoryStore, type Mail, type Reply } from '@latchkey/engine'
import { clearPasswords, insertAdmin } from './admin.js'
import { openProviders } from './provider.js'
import { lawfulOptions, type Mode, type Received, type Sent, type Transport } from './transport.js'

export async function openDirect(mode: Mode = 'cookie'): Promise<Transport> {
  let ahead = 0
  const clock = { now: () => Date.now() + ahead }
  const store = createMemoryStore({ clock })
  const mails: Mail[] = []
  const mailer = { send: async (mail: Mail) => void mails.push(mail) }
  const elsewhere = openProviders()
  const providers = Object.values(elsewhere)
  const own = { transport: mode, store, clock, mailer, providers, passwords: clearPasswords }
  const engine = createEngine({ ...lawfulOptions, ...own })
  await insertAdmin(store, clearPasswords)

  return {
    send: async (sent) => {
      const [path = '', search] = sent.path.split('?')
      const query = Object.fromEntries(new URLSearchParams(search))
      const call = { method: sent.method, path, query, headers: headersOf(sent), body: bodyOf(sent) }
      const reply = await engine.answer({ ...call, ip: '127.0.0.1' })
      return asReceived(reply, engine.setCookies(reply))
    },
    now: clock.now,
    advance: (ms) => {
      ahead += ms
    },
    mails: async () => {
      await engine.settled()
      return mails
    },
    elsewhere,
    routes: engine.routes,
    limitsBytes: false,
    answersUnknownPaths: true,
    close: () => store.close(),
  }
}

function headersOf({ headers = {}, body }: Sent): Readonly<Record<string, string>> {
  return body === undefined ? headers : { 'content-type': 'application/json', ...headers }
}

function bodyOf({ body, text }: Sent): unknown {
  const json = text ?? (body === undefined ? undefined : JSON.stringify(body))
  if (json === undefined || json === '') return undefined
  try {
    return JSON.parse(json) as unknown
  } catch {
    return json
  }
}

function asReceived({ status, headers, body }: Reply, setCookie: readonly string[]): Received {
  return { status, headers, body, setCookie }
}

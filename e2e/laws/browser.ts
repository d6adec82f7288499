// A browser in the laws' hands: it keeps every cookie, and checks every reply against the route table.
import { checkReply } from './reply.js'
import type { Received, Sent, Transport } from './transport.js'

/** A browser: every cookie that it was given, by name, and the header of the client. */
export type Browser = {
  readonly cookies: Map<string, string>
  readonly send: (method: string, path: string, more?: Omit<Sent, 'method' | 'path'>) => Promise<Received>
}

/** A browser with nothing in it. A header of `''` is left out. */
export function openBrowser(transport: Transport): Browser {
  const cookies = new Map<string, string>()
  return {
    cookies,
    send: async (method, path, { headers = {}, ...more } = {}) => {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
      const all = { 'x-latchkey': '1', cookie, ...headers }
      const sent = {
        method,
        path,
        headers: Object.fromEntries(Object.entries(all).filter(([, it]) => it !== '')),
        ...more,
      }
      const reply = await transport.send(sent)
      checkReply(transport.routes, sent, reply)
      for (const line of reply.setCookie) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
        if (value === '') cookies.delete(name)
        else cookies.set(name, value)
      }
      return reply
    },
  }
}

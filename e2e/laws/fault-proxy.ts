// A network that lies in wait between client and server: plain TCP, so that what breaks is what breaks in the field.
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** What befalls one connection, once a request has come on it. */
export type Fault = (link: Link) => void | Promise<void>

type Link = {
  readonly client: Socket
  /** Forwards the request; the server's whole reply. */
  readonly reply: () => Promise<string>
  /** Nothing more will happen on this connection. */
  readonly hang: () => void
}

export type FaultProxy = {
  readonly url: string
  /** Befalls every request from now on. */
  readonly meet: (fault: Fault) => void
  /** Befalls the next request only. */
  readonly meetOnce: (fault: Fault) => void
  /** All that the server has replied so far, head and body, whether or not it arrived. */
  readonly replies: readonly string[]
  /** How many requests have come, each on a connection of its own. */
  readonly requests: () => number
  /** Connections are refused until `reopen`, on the same port. */
  readonly shut: () => Promise<void>
  readonly reopen: () => Promise<void>
}

export const pass: Fault = async ({ client, reply }) => void client.end(await reply())
const befall = async (fault: Fault, link: Link): Promise<void> => fault(link)

/** Listens on a port of loopback; every connection carries one request. `onHang`: somebody waits for nothing. */
export async function openFaultProxy(
  port: number,
  target: number,
  onHang: () => void,
): Promise<FaultProxy & { readonly close: () => Promise<void> }> {
  const replies: string[] = []
  const sockets = new Set<Socket>()
  const only: Fault[] = []
  let always: Fault = pass
  let count = 0

  function linkOf(client: Socket): Link {
    return {
      client,
      hang: onHang,
      async reply() {
        const server = connect(target, '127.0.0.1')
        keep(server)
        client.pipe(server)
        let reply = ''
        server.setEncoding('utf8').on('data', (part: string) => void (reply += part))
        await once(server, 'close')
        replies.push(reply)
        return reply
      },
    }
  }
  const keep = (socket: Socket): void => {
    sockets.add(socket)
    // What is done to sockets here ends in errors on the other side of them.
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
  }
  const listener = createServer((client) => {
    keep(client)
    // Node also opens connections on which it then sends nothing.
    client.once('data', (begun: Buffer) => {
      client.pause().unshift(begun)
      count += 1
      // A connection that is cut while it suffers its fault is over: nobody waits for it.
      void befall(only.shift() ?? always, linkOf(client)).catch(() => undefined)
    })
  })
  const reopen = async (): Promise<void> => {
    listener.listen(port, '127.0.0.1')
    await once(listener, 'listening')
  }
  const shut = async (): Promise<void> => {
    sockets.forEach((socket) => socket.destroy())
    listener.close()
    await once(listener, 'close')
  }
  await reopen()
  return {
    url: `http://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    meet: (fault) => void (always = fault),
    meetOnce: (fault) => void only.push(fault),
    replies,
    requests: () => count,
    shut,
    reopen,
    close: shut,
  }
}

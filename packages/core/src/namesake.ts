// Two clients of one name on one page; its secret is when the first is only about to go.
import { atEnd, note, type Tabs } from './core.js'

/** Writes the client down as living on its page until it ends; tells where another of its name does. */
export function moveIn(client: Tabs): void {
  const { name } = client
  const { clients = [] } = client.page
  clients.push(name)
  atEnd(client, () => clients.splice(clients.indexOf(name), 1))
  // Not yet: a strict mode that mounts twice disposes of the first in this very turn, and a listener comes after the client.
  queueMicrotask(() => {
    if (clients.indexOf(name) !== clients.lastIndexOf(name))
      note(client, `Two clients named ${name} are on this page. Dispose of one before the next is made.`)
  })
}

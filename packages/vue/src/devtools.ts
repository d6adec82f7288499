// The session in Vue's devtools; its secret is how their plugin API wants to be told. No token is in what it reads.
import type { AuthClient, AuthEvent } from '@latchkey/core'
import { setupDevToolsPlugin } from '@vue/devtools-api'
import type { Plugin } from 'vue'

const id = 'latchkey'

/** What the inspector shows of a client: the session, how refreshing goes, and the last events. */
type Shown = Pick<AuthClient<unknown>, '$session' | '$refresh' | 'on' | 'timeline'>

/**
 * A plugin that adds an inspector and a timeline to Vue's devtools, in development only:
 * `if (import.meta.env.DEV) app.use(latchkeyDevtools(client))`, which a production build drops with all it imports.
 */
export function latchkeyDevtools(client: Shown): Plugin {
  return {
    install(app) {
      setupDevToolsPlugin({ id, label: 'Latchkey', packageName: '@latchkey/vue', app }, (devtools) => {
        devtools.addInspector({ id, label: 'Latchkey', icon: 'key' })
        devtools.addTimelineLayer({ id, label: 'Latchkey', color: 0xd97706 })
        devtools.on.getInspectorTree((payload) => {
          if (payload.inspectorId === id) payload.rootNodes = [{ id, label: client.$session.get().status }]
        })
        devtools.on.getInspectorState((payload) => {
          if (payload.inspectorId === id) payload.state = stateOf(client)
        })
        const show = () => {
          devtools.sendInspectorTree(id)
          devtools.sendInspectorState(id)
        }
        const write = ({ type, at, ...data }: AuthEvent) =>
          devtools.addTimelineEvent({ layerId: id, event: { time: at, title: type, data } })
        client.timeline().forEach(write)
        const stops = [client.$session.listen(show), client.$refresh.listen(show), client.on(write)]
        app.onUnmount(() => stops.forEach((stop) => stop()))
      })
    },
  }
}

function stateOf({ $session, $refresh, timeline }: Shown) {
  const rows = (part: object) => Object.entries(part).map(([key, value]) => ({ key, value: value as unknown }))
  const { error, ...refresh } = $refresh.get()
  return {
    session: rows($session.get()),
    refresh: rows({ ...refresh, error: error?.code ?? null }),
    timeline: timeline().map((event, index) => ({ key: String(index), value: event })),
  }
}

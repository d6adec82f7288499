// The page of the adapters’ laws: what an app would write, with a handle for the test.
import { create } from 'axios'
import { createAuthClient } from '@latchkey/core'
import { attachToAxios } from '@latchkey/core/axios'
import { createAuthEventSource, type AuthEventSource } from '@latchkey/core/event-source'
import { createAuthSocket, type AuthSocket } from '@latchkey/core/socket'

const query = new URLSearchParams(location.search)
const api = query.get('api') ?? ''
const auth = createAuthClient({ baseURL: api, refresh: { proactive: 'never' } })
const http = create({ baseURL: api })
attachToAxios(http, auth)

const heard: string[] = []
const states: string[] = []
let live: AuthEventSource | AuthSocket | null = null

const page = {
  auth,
  heard,
  states,
  state: () => live?.state() ?? null,
  /** Uploads so many bytes, and tells how far it said to be at each step. */
  async upload(bytes: number): Promise<{ readonly told: readonly number[]; readonly received: number }> {
    const told: number[] = []
    const { data } = await http.post<{ readonly received: number }>('/files', new Blob(['x'.repeat(bytes)]), {
      onUploadProgress: ({ loaded }) => void told.push(loaded),
    })
    return { told, received: data.received }
  },
  listen(): void {
    live = createAuthEventSource(auth, `${api}/events`, {
      onMessage: ({ data }) => void heard.push(data),
      onState: (state) => void states.push(state),
    })
  },
  talk(): void {
    live = createAuthSocket(auth, query.get('live') ?? '', {
      origins: [query.get('live') ?? ''],
      onMessage: (data) => void heard.push(String(data)),
      onState: (state) => void states.push(state),
    })
  },
}
Object.assign(globalThis, { page })

export type AdaptersPage = typeof page

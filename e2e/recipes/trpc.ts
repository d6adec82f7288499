import { createTRPCClient, httpBatchLink } from '@trpc/client'
import { auth } from './auth.js'
import type { AppRouter } from './backend.js'

export const api = createTRPCClient<AppRouter>({
  links: [httpBatchLink({ url: `${auth.baseURL}trpc`, fetch: (url, init) => auth.fetch(url, init as RequestInit) })],
})

export const projects = () => api.projects.query()

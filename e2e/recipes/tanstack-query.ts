import { isAuthError } from '@latchkey/core'
import { QueryClient } from '@tanstack/query-core'
import { auth } from './auth.js'

export const queries = new QueryClient({
  // The client has refreshed and replayed already: what it says is said.
  defaultOptions: { queries: { retry: (failures, error) => failures < 3 && !isAuthError(error) } },
})

// The next account must not see what the last one has read.
auth.on(({ type }) => {
  if (type === 'logout' || type === 'expired' || type === 'account-changed') queries.clear()
})

export const projects = () =>
  queries.fetchQuery({
    queryKey: ['projects'],
    async queryFn({ signal }) {
      const response = await auth.fetch(`${auth.baseURL}api/projects`, { signal })
      if (!response.ok) throw new Error(`The projects answered ${response.status}.`)
      return response.json() as Promise<readonly { readonly name: string }[]>
    },
  })

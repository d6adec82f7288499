// A real QueryClient beside a session: nobody sees what was fetched for somebody else.
import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query'
import { act, cleanup, render } from '@testing-library/react'
import type { ReactNode } from 'react'
import { afterEach, expect, test } from 'vitest'
import { AuthProvider, Show, useUser } from '../src/index.js'
import { clearOnAccountChange } from '../src/tanstack-query.js'
import { ada, bob, createHandMadeClient } from './hand-made-client.js'

afterEach(cleanup)

test('Bob, who signs in after Ada, is not shown her answers, though the key is the same', async () => {
  const { client, grant } = createHandMadeClient()
  const queryClient = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity, retry: false } } })
  const stop = clearOnAccountChange(queryClient, client)
  let asked = 0
  const Projects = (): ReactNode => {
    const name = useUser()?.display_name
    const { data } = useQuery({
      queryKey: ['projects'],
      queryFn: () => {
        asked += 1
        return Promise.resolve(`of ${name ?? 'nobody'}`)
      },
    })
    return data ?? '…'
  }
  const view = render(
    <QueryClientProvider client={queryClient}>
      <AuthProvider client={client}>
        <Show when="signed-in" fallback="nobody">
          <Projects />
        </Show>
      </AuthProvider>
    </QueryClientProvider>,
  )
  await act(async () => grant(ada))
  expect(await view.findByText('of Ada')).toBeTruthy()
  await act(async () => client.logout())
  expect(view.container.textContent).toBe('nobody')
  await act(async () => grant(bob))
  expect(await view.findByText('of Bob')).toBeTruthy()
  expect(asked).toBe(2)
  stop()
})

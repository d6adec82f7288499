// A browser that takes over what a server rendered.
import { act } from '@testing-library/react'
import { StrictMode, type ReactNode } from 'react'
import { hydrateRoot } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { expect, test, vi } from 'vitest'
import { AuthProvider, Show, useAuth, useSession, useUser } from '../src/index.js'
import { ada, createHandMadeClient } from './hand-made-client.js'

const Page = ({ paints }: { readonly paints?: string[] }): ReactNode => {
  const { status, hasRole } = useAuth()
  const text = `${status} ${useSession().status} ${useUser()?.display_name ?? 'nobody'} ${String(hasRole('admin'))}`
  paints?.push(text)
  return (
    <p>
      {text}
      <Show when={{ role: 'admin' }} pending="…" fallback="no">
        in
      </Show>
    </p>
  )
}

test('a session that was restored before hydration agrees with the server first, and is shown then', async () => {
  const complaints = vi.spyOn(console, 'error')
  const recovered = vi.fn<(error: unknown) => void>()
  const server = createHandMadeClient()
  const container = document.createElement('div')
  container.innerHTML = renderToString(
    <AuthProvider client={server.client}>
      <Page />
    </AuthProvider>,
  )

  const browser = createHandMadeClient()
  browser.grant(ada)
  const paints: string[] = []
  const root = await act(async () =>
    hydrateRoot(
      container,
      <StrictMode>
        <AuthProvider client={browser.client}>
          <Page paints={paints} />
        </AuthProvider>
      </StrictMode>,
      { onRecoverableError: recovered },
    ),
  )
  expect(paints[0]).toBe('pending pending nobody false')
  expect(container.textContent).toBe('authenticated authenticated Ada truein')
  expect([complaints.mock.calls, recovered.mock.calls]).toEqual([[], []])
  await act(async () => root.unmount())
  expect(browser.listeners()).toBe(0)
})

// A framework's server that knows who asks: its render, the browser's first one, and what the client finds out later.
import type { LatchkeyUser, Session } from '@latchkey/core'
import { act, cleanup, render } from '@testing-library/react'
import { StrictMode, Suspense, type ReactNode } from 'react'
import { hydrateRoot } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { afterEach, expect, test, vi } from 'vitest'
import { AuthProvider, Show, useAuth, useAuthSuspense, useSession } from '../src/index.js'
import { ada, bob, createHandMadeClient } from './hand-made-client.js'

afterEach(cleanup)

const known = (user: LatchkeyUser): Session<LatchkeyUser> => ({
  status: 'authenticated',
  generation: 0,
  user,
  expiresAt: null,
})
const nobody: Session<LatchkeyUser> = { status: 'unauthenticated', generation: 0, reason: 'no-session' }

type Hand = ReturnType<typeof createHandMadeClient>

function Page({ paints }: { readonly paints?: string[] }): ReactNode {
  const { user, status, can } = useAuth()
  const text = [user?.display_name ?? status, useSession().status, can('posts:write')].join(' ')
  paints?.push(text)
  return (
    <p>
      {text}{' '}
      <Show when={{ role: 'admin' }} pending="…" fallback="no">
        in
      </Show>
    </p>
  )
}
const page = ({ client }: Hand, session: Session<LatchkeyUser> | undefined, paints?: string[]) => (
  <AuthProvider client={client} initialSession={session}>
    <Page {...(paints && { paints })} />
  </AuthProvider>
)
const html = (hand: Hand, session: Session<LatchkeyUser>) =>
  renderToString(page(hand, session)).replaceAll('<!-- -->', '')

test('a server renders the session that it was given, roles and permissions included', () => {
  expect(html(createHandMadeClient(), known(ada))).toBe('<p>Ada authenticated true in</p>')
  expect(html(createHandMadeClient(), known(bob))).toBe('<p>Bob authenticated false no</p>')
  expect(html(createHandMadeClient(), nobody)).toBe('<p>unauthenticated unauthenticated false no</p>')
})

test.each([
  ['still pending', () => undefined],
  ['restored already', ({ grant }: Hand) => grant(ada)],
] as const)('a browser whose client is %s hydrates without a word', async (_name, before) => {
  const complaints = vi.spyOn(console, 'error')
  const recovered = vi.fn<(error: unknown) => void>()
  const container = document.createElement('div')
  container.innerHTML = renderToString(page(createHandMadeClient(), known(ada)))
  const hand = createHandMadeClient()
  before(hand)
  const paints: string[] = []
  const root = await act(async () =>
    hydrateRoot(container, <StrictMode>{page(hand, known(ada), paints)}</StrictMode>, {
      onRecoverableError: recovered,
    }),
  )
  expect(new Set(paints)).toEqual(new Set(['Ada authenticated true']))
  expect([complaints.mock.calls, recovered.mock.calls]).toEqual([[], []])
  complaints.mockRestore()
  await act(async () => root.unmount())
  expect(hand.listeners()).toBe(0)
})

test('the client’s word counts once it has looked: another user, or nobody', () => {
  const hand = createHandMadeClient()
  const paints: string[] = []
  render(page(hand, known(ada), paints))
  act(() => hand.grant(bob))
  act(() => hand.end('expired'))
  expect(paints).toEqual(['Ada authenticated true', 'Bob authenticated false', 'unauthenticated unauthenticated false'])
})

test('a client that finds nobody where nobody was given renders only who shows the whole session', () => {
  const hand = createHandMadeClient()
  const renders: string[] = []
  const Counted = () => {
    renders.push(useAuth().status)
    return null
  }
  render(
    <AuthProvider client={hand.client} initialSession={nobody}>
      <Counted />
    </AuthProvider>,
  )
  act(() => hand.end('no-session'))
  expect(renders).toEqual(['unauthenticated'])
})

test('a session that is new in each render of the provider renders nobody below', () => {
  const hand = createHandMadeClient()
  const paints: string[] = []
  const view = render(page(hand, known(ada), paints))
  const binding = paints.length
  view.rerender(page(hand, known(bob), paints))
  expect(paints.slice(binding)).toEqual(['Ada authenticated true'])
})

test('who suspends does not, with a session that was given, on a server either', () => {
  const Name = (): ReactNode => useAuthSuspense().user?.display_name
  const { client } = createHandMadeClient()
  const element = (
    <AuthProvider client={client} initialSession={known(ada)}>
      <Suspense fallback="one moment">
        <Name />
      </Suspense>
    </AuthProvider>
  )
  expect(renderToString(element)).toContain('Ada')
  expect(render(element).container.textContent).toBe('Ada')
})

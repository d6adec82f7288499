// Many requests on one server: renders that interleave show nobody another one's session.
// @vitest-environment node
import { createAuthClient, type LatchkeyUser, type Session } from '@latchkey/core'
import { Suspense, type ReactNode } from 'react'
import { renderToPipeableStream } from 'react-dom/server'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { AuthProvider, Show, useAuth, useUser } from '../src/index.js'
import { ada, bob } from './hand-made-client.js'

const sessionOf = (user: LatchkeyUser): Session<LatchkeyUser> => ({
  status: 'authenticated',
  generation: 0,
  user,
  expiresAt: null,
})

/** A gate in time: what is below it renders when it is opened, in the middle of a streamed page. */
function createTurnstile() {
  let isOpen = false
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = () => {
      isOpen = true
      resolve()
    }
  })
  const Wait = ({ children }: { readonly children: ReactNode }): ReactNode => {
    // oxlint-disable-next-line typescript/only-throw-error -- how a component suspends in React 18 and 19
    if (!isOpen) throw opened
    return children
  }
  return { open, Wait }
}

const Name = (): ReactNode => <b>{useUser()?.display_name ?? 'nobody'}</b>
const May = (): ReactNode => <i>{String(useAuth().can('posts:write'))}</i>

/** One request's page: half of it at once, half of it when the turnstile opens. */
function request(
  session: Session<LatchkeyUser> | undefined,
  client = createAuthClient({ baseURL: 'https://api.test' }),
) {
  const { open, Wait } = createTurnstile()
  const sink = new PassThrough()
  const { pipe } = renderToPipeableStream(
    <AuthProvider client={client} initialSession={session}>
      <Name />
      <Suspense fallback="…">
        <Wait>
          <Name />
          <May />
          <Show when={{ role: 'admin' }} fallback="no" pending="unknown">
            in
          </Show>
        </Wait>
      </Suspense>
    </AuthProvider>,
    { onAllReady: () => pipe(sink) },
  )
  return { open, html: text(sink) }
}

const names = (html: string) => [...html.matchAll(/<b>(.*?)<\/b>/g)].map(([, name]) => name)

test.each([
  ['a client each', undefined],
  ['one client for all', createAuthClient({ baseURL: 'https://api.test' })],
] as const)('interleaved renders of three visitors, with %s, are each their own', async (_name, shared) => {
  const visitors = [request(sessionOf(ada), shared), request(undefined, shared), request(sessionOf(bob), shared)]
  const [first, second, third] = visitors
  await new Promise(setImmediate)
  third?.open()
  await new Promise(setImmediate)
  first?.open()
  await new Promise(setImmediate)
  second?.open()
  const pages = await Promise.all(visitors.map(({ html }) => html))
  expect(pages.map(names)).toEqual([
    ['Ada', 'Ada'],
    ['nobody', 'nobody'],
    ['Bob', 'Bob'],
  ])
  expect(pages.map((html) => /<i>(.*?)<\/i>/.exec(html)?.[1])).toEqual(['true', 'false', 'false'])
  expect(
    pages.map((html) => ['in', 'unknown', 'no'].find((word) => new RegExp(`</i>(<!--[^>]*-->)*${word}`).test(html))),
  ).toEqual(['in', 'unknown', 'no'])
})

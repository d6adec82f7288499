// One engine on the real server, for the length of its laws: each law gets a person of its own, with nothing in the jar.
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { openBackend, type Backend } from './backend.js'
import type { Browser, Engine, Person, Tab } from './browser.js'
import { openSite, type Site } from './site.js'

/** Where laws are held: the pages, and two servers. */
export type Ground = {
  readonly site: Site
  /** Its access tokens outlive every law. */
  readonly lasting: Backend
  /** Its access tokens live for six seconds, and are renewed after three. */
  readonly brief: Backend
  /** As `brief`, with refresh tokens in bodies, each of which is spent once. */
  readonly body: Backend
}

/**
 * A page that refreshes also while hidden, or at the very same moment as the others, or lacks Web Locks or
 * BroadcastChannel; or one of a body profile, whose refresh token rests in localStorage, in a worker, or in a worker of
 * all tabs.
 */
export type Setting = 'always' | 'jitterless' | 'lockless' | 'deaf' | 'stored' | 'worker' | 'shared'

export type Stage = {
  readonly ground: () => Ground
  readonly person: () => Person
  /** Opens the test page on a server. */
  readonly openTab: (backend: Backend, ...settings: Setting[]) => Promise<Tab>
}

/** Seconds. */
export const briefly = 6
const password = 'correct horse battery staple'

let people = 0
const freshEmail = (): string => `ada${++people}@example.com`

/** Opens pages and servers before the first law of a file, and closes them after the last. */
export function layGround(): () => Ground {
  let ground: Ground | null = null
  beforeAll(async () => {
    const site = await openSite()
    const lasting = await openBackend(site.origin, 600)
    const brief = await openBackend(site.origin, briefly)
    ground = { site, lasting, brief, body: await openBackend(site.origin, briefly, 'body') }
  })
  afterAll(async () => {
    for (const part of [ground?.lasting, ground?.brief, ground?.body, ground?.site]) await part?.close()
  })
  return () => present(ground)
}

export function raiseStage(engine: Engine, ground: () => Ground): Stage {
  let browser: Browser | null = null
  let person: Person | null = null
  beforeAll(async () => {
    browser = await engine.launch()
  })
  afterAll(() => browser?.close())
  beforeEach(async () => {
    for (const backend of [ground().lasting, ground().brief, ground().body]) backend.forget()
    person = await present(browser).openPerson()
  })
  afterEach(() => person?.close())
  return {
    ground,
    person: () => present(person),
    openTab: (backend, ...settings) => {
      const query = new URLSearchParams({ api: backend.url, ...Object.fromEntries(settings.map((name) => [name, ''])) })
      return present(person).openTab(`${ground().site.origin}/?${query}`)
    },
  }
}

function present<Part>(part: Part | null): Part {
  if (part === null) throw new Error('The stage is used outside of a law.')
  return part
}

/** Makes an account and signs it in, in this tab; the email. */
export async function signUp(tab: Tab): Promise<string> {
  const credentials = { email: freshEmail(), password }
  const status = await tab.run((input) => window.auth.register(input).then((result) => result.status), credentials)
  expect(status).toBe('authenticated')
  return credentials.email
}

/** Looks again and again until it is so; a page that is on its way counts as not yet. */
export const expectSoon = <Value>(look: () => Value | Promise<Value>): ReturnType<typeof expect.poll<Value>> =>
  expect.poll(look, { timeout: 45_000, interval: 100 })

export const statusOf = (tab: Tab): Promise<string> => tab.run(() => window.auth.$session.get().status)
export const reasonOf = (tab: Tab): Promise<string> =>
  tab.run(() => {
    const session = window.auth.$session.get()
    return session.status === 'unauthenticated' ? session.reason : session.status
  })

/** What a signed-in call to the server's guarded route comes to. */
export const callApi = (tab: Tab): Promise<number> =>
  tab.run(() => window.auth.fetch(`${window.auth.baseURL}api/hello`).then(({ status }) => status))

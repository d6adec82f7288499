// axios, events and sockets in a real Chromium, against the real server, across an expiry and a logout.
import type { Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AdaptersPage } from '../adapters/page.js'
import { openStage, type Stage } from '../adapters/stage.js'
import { password } from './person.js'

type Window = { readonly page: AdaptersPage }

let stage: Stage
let page: Page
let people = 0
beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage.close())
beforeEach(async () => {
  page = await (await stage.browser.newContext()).newPage()
  await page.goto(stage.url)
  const credentials = { email: `ada${Date.now()}${++people}@example.com`, password }
  await page.evaluate(async (ada) => {
    await (globalThis as unknown as Window).page.auth.register(ada)
  }, credentials)
  stage.asked.splice(0)
})
afterEach(() => page.context().close())

const soon = (look: () => void | Promise<void>): Promise<void> => vi.waitFor(look, { timeout: 30_000, interval: 20 })
const heard = (): Promise<readonly string[]> => page.evaluate(() => [...(globalThis as unknown as Window).page.heard])
const state = (): Promise<unknown> => page.evaluate(() => (globalThis as unknown as Window).page.state())
const logout = (): Promise<void> => page.evaluate(() => (globalThis as unknown as Window).page.auth.logout())
const asked = (path: string): readonly number[] =>
  stage.asked.filter(({ url }) => url.startsWith(path)).map(({ status }) => status)

describe('the adapters, in a real browser', () => {
  it('C13 axios tells of an upload’s progress over HTTP/1.1, and a spent token costs one refresh and one replay', async () => {
    stage.spendTokens()
    const bytes = 8_000_000
    const { told, received } = await page.evaluate((size) => (globalThis as unknown as Window).page.upload(size), bytes)
    expect(received).toBe(bytes)
    expect(told.at(-1)).toBe(bytes)
    expect(asked('/files')).toEqual([401, 200])
  })

  it('a stream of events opens with a spent token, goes on where it broke, and ends with the account', async () => {
    stage.spendTokens()
    await page.evaluate(() => (globalThis as unknown as Window).page.listen())
    await soon(async () => expect(await heard()).toEqual(['after nothing']))
    stage.streams.forEach((stream) => stream.end())
    await soon(async () => expect(await heard()).toEqual(['after nothing', 'after 1']))
    await logout()
    await soon(async () => expect([await state(), stage.streams.size]).toEqual(['closed', 0]))
    expect(stage.asked.filter(({ url }) => url.includes('eyJ'))).toEqual([])
  })

  it('a socket that is told 4401 comes back with a new token, and ends with the account', async () => {
    stage.spendTokens()
    await page.evaluate(() => (globalThis as unknown as Window).page.talk())
    await soon(async () => expect(await heard()).toEqual(['welcome']))
    expect(stage.asked.filter(({ status }) => status === 101).map(({ url }) => url)).toEqual(['/', '/'])
    await logout()
    await soon(async () => expect([await state(), stage.sockets.clients.size]).toEqual(['closed', 0]))
  })
})

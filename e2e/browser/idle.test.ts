// Doing nothing, in both examples, in a real Chromium: the countdown, what takes it back, and the end.
import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStage, type Stage } from '../stage.js'
import { violations } from './axe.js'
import { accountPage, register } from './person.js'

const countdown = (page: Page) => page.getByText(/You will be logged out in \d+ seconds\./)

describe.each(['react', 'vue'])('the %s example, where nobody acts', (example) => {
  let stage: Stage
  beforeAll(async () => {
    process.env['VITE_IDLE_SECONDS'] = '20'
    stage = await openStage({}, example)
  })
  afterAll(async () => {
    delete process.env['VITE_IDLE_SECONDS']
    await stage.close()
  })

  it('counts down in every tab; a deed in one takes it back in all; then all are logged out and told why', async () => {
    const context = await stage.browser.newContext()
    const [first, second] = [await context.newPage(), await context.newPage()]
    await register(first, stage.app)
    await second.goto(`${stage.app}/account`)
    await accountPage(second)
    await Promise.all([countdown(first).waitFor(), countdown(second).waitFor()])
    const before = await countdown(first).textContent()
    await first.waitForFunction((text) => !document.body.textContent.includes(text), before ?? '')
    await countdown(first).waitFor()
    expect(await violations(first)).toEqual([])
    await first.getByRole('button', { name: 'Stay logged in' }).click()
    await Promise.all([first, second].map((page) => countdown(page).waitFor({ state: 'detached' })))
    await Promise.all([accountPage(first), accountPage(second)])
    await countdown(second).waitFor()
    await first.getByText('You were logged out because nothing happened for a while.').waitFor()
    await second.getByRole('heading', { name: 'Welcome back' }).waitFor()
    expect(new URL(first.url()).searchParams.get('returnTo')).toBe('/account')
    expect(await countdown(first).count()).toBe(0)
    await context.close()
  })

  it('where the server has no provider, the login offers none', async () => {
    const page = await stage.browser.newPage()
    const asked = page.waitForResponse((response) => new URL(response.url()).pathname === '/auth/oauth')
    await page.goto(`${stage.app}/login`)
    expect(await (await asked).json()).toEqual({ providers: [] })
    await page.getByRole('button', { name: 'Log in with a passkey' }).waitFor()
    expect(await page.getByRole('button', { name: /^Continue with/ }).count()).toBe(0)
    await page.close()
  })
})

// Ways to sign in, linked and unlinked on the Security page of both examples, in a real Chromium against a running oidc-provider.
import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import type { BrowserContext, Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openIssuer, type Issuer } from '../../mock-server/express/test/issuer.js'
import { openStage, type Stage } from '../stage.js'
import { violations } from './axe.js'
import { accountPage, logOut, password, register } from './person.js'

const clockedServer = fileURLToPath(new URL('./clocked-server.mjs', import.meta.url))

describe.each(['react', 'vue'])('the %s example', (example) => {
  let issuer: Issuer
  let stage: Stage
  let context: BrowserContext
  let page: Page

  beforeAll(async () => {
    issuer = await openIssuer()
    stage = await openStage(issuer.env('ACME'), example, clockedServer)
    issuer.admit(`${stage.api}/auth/oauth/acme/callback`)
  })
  afterAll(async () => {
    await stage.close()
    await issuer.close()
  })
  beforeEach(async () => {
    context = await stage.browser.newContext()
    page = await context.newPage()
  })
  afterEach(() => context.close())

  const button = (name: string) => page.getByRole('button', { name, exact: true })
  const seat = () => {
    const sub = randomUUID()
    issuer.seat({ sub, email: `${sub}@elsewhere.example`, email_verified: true, name: 'Grace' })
    return `${sub}@elsewhere.example`
  }
  /** Twenty minutes on, with a token of then. */
  const later = async () => {
    await stage.advance(20 * 60_000)
    await page.reload()
  }
  const openSecurity = () => page.getByRole('link', { name: 'Security' }).click()

  it('B31, S41: somebody with a password links a provider, comes in by it, and unlinks it', async () => {
    const there = seat()
    await register(page, stage.app)
    await openSecurity()
    await button('Link Acme').click()
    await page.getByText('Acme is linked.').waitFor()
    await page.getByRole('list', { name: 'Where you sign in' }).getByText(there).waitFor()
    expect(await button('Link Acme').count()).toBe(0)
    expect([new URL(page.url()).pathname, new URL(page.url()).hash, await violations(page)]).toEqual([
      '/security',
      '',
      [],
    ])
    await page.getByRole('link', { name: 'Ada', exact: true }).click()
    await logOut(page)
    await page.goto(`${stage.app}/login?returnTo=%2Fsecurity`)
    await button('Continue with Acme').click()
    await button('Unlink Acme').click()
    await page.getByText('Acme is unlinked.').waitFor()
    await button('Link Acme').waitFor()
    expect(await page.getByText(there).count()).toBe(0)
  })

  it('B31: the last way in is not unlinked, and the page says why', async () => {
    seat()
    await page.goto(`${stage.app}/login?returnTo=%2Fsecurity`)
    await button('Continue with Acme').click()
    await button('Unlink Acme').click()
    await page.getByRole('alert').getByText('It is the only way to sign in.').waitFor()
    await page.reload()
    await button('Unlink Acme').waitFor()
    expect(await button('Link Acme').count()).toBe(0)
  })

  it('S41: what opens another account is not linked to this one', async () => {
    seat()
    await page.goto(`${stage.app}/login`)
    await button('Continue with Acme').click()
    await accountPage(page)
    await logOut(page)
    await register(page, stage.app)
    await openSecurity()
    await button('Link Acme').click()
    await page.getByText('That sign-in belongs to another account.').waitFor()
    await button('Link Acme').waitFor()
    expect(await button('Unlink Acme').count()).toBe(0)
  })

  it('whoever cancels there comes back to the page as it was', async () => {
    issuer.seat(null)
    await register(page, stage.app)
    await openSecurity()
    await button('Link Acme').click()
    await page.waitForURL(`${stage.app}/security`)
    await button('Link Acme').waitFor()
    expect(await page.locator('.notice').count()).toBe(0)
  })

  it('B28: to link and to unlink want a fresh login, are asked for it once, and then go on by themselves', async () => {
    seat()
    await register(page, stage.app)
    await openSecurity()
    const prove = async () => {
      const dialog = page.getByRole('dialog', { name: 'Is it you?' })
      await dialog.waitFor()
      expect(await violations(page)).toEqual([])
      await dialog.getByLabel('Password').fill(password)
      await dialog.getByRole('button', { name: 'Log in', exact: true }).click()
      await dialog.waitFor({ state: 'detached' })
    }
    await later()
    await button('Link Acme').click()
    await prove()
    await page.getByText('Acme is linked.').waitFor()
    await later()
    await button('Unlink Acme').click()
    await prove()
    await page.getByText('Acme is unlinked.').waitFor()
    expect(await page.getByRole('dialog').count()).toBe(0)
  })

  it('B28: whoever gives no fresh login changes nothing, and is told so', async () => {
    seat()
    await register(page, stage.app)
    await openSecurity()
    await button('Link Acme').click()
    await page.getByText('Acme is linked.').waitFor()
    await later()
    await button('Unlink Acme').click()
    await button('Not now').click()
    await page.getByRole('alert').getByText('This needs a fresh login').waitFor()
    expect(await button('Unlink Acme').count()).toBe(1)
  })
})

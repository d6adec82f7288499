// Everyday flows, in both examples, in a real Chromium against the real server; and axe, on every page of theirs.
import { Secret, TOTP } from 'otpauth'
import type { BrowserContext, Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openIssuer, type Issuer } from '../../mock-server/express/test/issuer.js'
import { openStage, type Stage } from '../stage.js'
import { violations } from './axe.js'
import { accountPage, admin, logIn, logOut, password, register } from './person.js'

describe.each(['react', 'vue'])('the %s example', (example) => {
  let issuer: Issuer
  let stage: Stage
  let context: BrowserContext
  let page: Page

  beforeAll(async () => {
    issuer = await openIssuer()
    stage = await openStage(
      {
        // Short enough that a session which is over is found out while one watches.
        ACCESS_TOKEN_TTL_SECONDS: '10',
        ADMIN_EMAIL: admin.email,
        ADMIN_PASSWORD: admin.password,
        ...issuer.env('ACME'),
      },
      example,
    )
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

  it('a session that expires while one writes leads to the login and back, and the text is there', async () => {
    const email = await register(page, stage.app)
    await page.getByRole('link', { name: 'Notes' }).click()
    await page.getByLabel('Your note').fill('Buy a key ring')
    await context.clearCookies()
    const banner = page.getByRole('alert').filter({ hasText: 'Your session has expired, please log in.' })
    await banner.waitFor()
    expect(await page.getByLabel('Your note').inputValue()).toBe('Buy a key ring')
    expect(await violations(page)).toEqual([])
    await banner.getByRole('link', { name: 'log in' }).click()
    await logIn(page, email)
    await page.getByRole('heading', { name: 'Notes' }).waitFor()
    expect(await page.getByLabel('Your note').inputValue()).toBe('Buy a key ring')
    expect(new URL(page.url()).pathname).toBe('/notes')
  })

  it('one device logs another one out, and that one is told so', async () => {
    const email = await register(page, stage.app)
    const other = await stage.browser.newContext()
    const otherPage = await other.newPage()
    await otherPage.goto(`${stage.app}/login?returnTo=%2Fdevices`)
    await logIn(otherPage, email)
    await otherPage.getByRole('button', { name: 'Log out that one' }).click()
    await otherPage.getByText('That device is logged out.').waitFor()
    expect(await otherPage.getByRole('button', { name: 'Log out that one' }).count()).toBe(0)
    await page.getByText('Your session has been ended from another device').waitFor()
    await other.close()
  })

  it('a second factor is set up, asked for, refused when wrong, and answered by a backup code', async () => {
    const email = await register(page, stage.app)
    await page.getByRole('link', { name: 'Security' }).click()
    await page.getByRole('button', { name: 'Set it up' }).click()
    const secret = Secret.fromBase32((await page.getByTestId('secret').textContent()) ?? '')
    await page.getByLabel('Code').fill(new TOTP({ secret }).generate())
    expect(await violations(page)).toEqual([])
    await page.getByRole('button', { name: 'Turn it on' }).click()
    const codes = page.getByRole('list', { name: 'Backup codes' }).getByRole('listitem')
    await codes.first().waitFor()
    const [backup = ''] = await codes.allTextContents()
    await page.goto(`${stage.app}/account`)
    await logOut(page)
    await page.goto(`${stage.app}/login`)
    await logIn(page, email)
    await page.getByRole('heading', { name: 'One more step' }).waitFor()
    await page.getByLabel('Code').fill('000000')
    await page.getByRole('button', { name: 'Verify' }).click()
    await page.getByRole('alert').filter({ hasText: 'not right' }).waitFor()
    expect(await violations(page)).toEqual([])
    await page.getByLabel('Code').fill(backup.trim())
    await page.getByRole('button', { name: 'Verify' }).click()
    await accountPage(page)
  })

  it('a passkey is added, and signs in without a password', async () => {
    const devtools = await context.newCDPSession(page)
    await devtools.send('WebAuthn.enable')
    await devtools.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    })
    await register(page, stage.app)
    await page.getByRole('link', { name: 'Security' }).click()
    await page.getByLabel('Name').fill('My laptop')
    await page.getByRole('button', { name: 'Add a passkey' }).click()
    await page.getByRole('button', { name: 'Remove My laptop' }).waitFor()
    await page.getByRole('link', { name: 'Ada', exact: true }).click()
    await logOut(page)
    await page.getByRole('link', { name: 'Log in', exact: true }).first().click()
    await page.getByRole('button', { name: 'Log in with a passkey' }).click()
    await accountPage(page)
  })

  it('whoever signs in elsewhere is signed in here, on the page that they asked for', async () => {
    const email = `grace${Date.now()}@example.com`
    issuer.seat({ sub: email, email, email_verified: true, name: 'Grace' })
    await page.goto(`${stage.app}/notes`)
    await page.getByRole('button', { name: 'Continue with Acme' }).click()
    await page.getByRole('heading', { name: 'Notes' }).waitFor()
    expect(page.url()).toBe(`${stage.app}/notes`)
    await page.getByRole('link', { name: 'Grace' }).click()
    await page.getByText(email).waitFor()
  })

  it('whoever may not sign in that way is told why, and whoever cancelled is not bothered', async () => {
    const email = await register(page, stage.app)
    await logOut(page)
    const comeBack = async () => {
      await page.goto(`${stage.app}/login`)
      await page.getByRole('button', { name: 'Continue with Acme' }).click()
      await page.waitForURL(({ searchParams }) => searchParams.get('returnTo') === '/account')
      await page.getByRole('button', { name: 'Continue with Acme' }).waitFor()
    }
    issuer.seat(null)
    await comeBack()
    expect(await page.locator('.notice').count()).toBe(0)
    issuer.seat({ sub: `other ${email}`, email, email_verified: true })
    await comeBack()
    await page.getByText('An account has that address already.').waitFor()
    expect(await violations(page)).toEqual([])
  })

  it('the admin’s page is for admins, who disable an account there', async () => {
    const email = await register(page, stage.app)
    expect(await page.getByRole('link', { name: 'Admin' }).count()).toBe(0)
    await page.goto(`${stage.app}/admin`)
    await page.getByRole('heading', { name: 'This page is for admins' }).waitFor()
    await page.goto(`${stage.app}/account`)
    await logOut(page)
    await page.goto(`${stage.app}/login?returnTo=%2Fadmin`)
    await logIn(page, admin.email, admin.password)
    await page.getByRole('button', { name: `Disable ${email}` }).click()
    await page.getByRole('button', { name: `Enable ${email}` }).waitFor()
    expect(await violations(page)).toEqual([])
  })

  it('offline is said so, and signs nobody out', async () => {
    await register(page, stage.app)
    await context.setOffline(true)
    await page.getByText('You are offline. You stay signed in.').waitFor()
    expect(await violations(page)).toEqual([])
    await context.setOffline(false)
    await page.getByText('You are offline.').waitFor({ state: 'detached' })
    await accountPage(page)
  })

  it.each(['light', 'dark'] as const)('axe finds nothing on any page, %s', async (colorScheme) => {
    await page.emulateMedia({ colorScheme })
    const found: string[] = []
    const look = async (path: string) => {
      await page.goto(stage.app + path)
      await page.getByRole('heading', { level: 1 }).waitFor()
      found.push(...(await violations(page)))
    }
    for (const path of [
      '/',
      '/login',
      '/register',
      '/forgot-password',
      '/reset-password',
      '/verify-email',
      '/confirm-email',
      '/nowhere',
    ])
      await look(path)
    await register(page, stage.app)
    for (const path of ['/account', '/notes', '/devices', '/security', '/admin']) await look(path)
    expect(found).toEqual([])
  })

  it('the keyboard alone logs in', async () => {
    const email = await register(page, stage.app)
    await logOut(page)
    await page.goto(`${stage.app}/login`)
    await page.getByLabel('Email').focus()
    await page.keyboard.type(email)
    await page.keyboard.press('Tab')
    await page.keyboard.type(password)
    await page.keyboard.press('Enter')
    await accountPage(page)
  })
})

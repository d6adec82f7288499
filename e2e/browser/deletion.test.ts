// Deleting an account in the React example: meant twice, fresh, and over in every tab.
import { fileURLToPath } from 'node:url'
import type { BrowserContext, Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { openStage, type Stage } from '../stage.js'
import { violations } from './axe.js'
import { accountPage, logIn, loginPage, password, register } from './person.js'

const clockedServer = fileURLToPath(new URL('./clocked-server.mjs', import.meta.url))

let stage: Stage
let context: BrowserContext
let page: Page

beforeAll(async () => {
  stage = await openStage({}, 'react', clockedServer)
})
afterAll(() => stage.close())
beforeEach(async () => {
  context = await stage.browser.newContext()
  page = await context.newPage()
})
afterEach(() => context.close())

const button = (name: string) => page.getByRole('button', { name })

it('B28: whoever means it twice is gone, in the other tab too, and may come again with the same address', async () => {
  const email = await register(page, stage.app)
  const other = await context.newPage()
  await other.goto(`${stage.app}/account`)
  await accountPage(other)
  await page.getByRole('link', { name: 'Security' }).click()
  await button('Delete my account').click()
  await button('Keep it').click()
  await button('Delete my account').click()
  expect(await violations(page)).toEqual([])
  await button('Yes, delete it for good').click()
  await page.getByRole('link', { name: 'Log in', exact: true }).first().waitFor()
  await loginPage(other)
  expect((await context.cookies()).filter(({ name }) => name.endsWith('latchkey'))).toEqual([])
  await page.goto(`${stage.app}/login`)
  await logIn(page, email)
  await page.getByRole('alert').filter({ hasText: 'wrong' }).waitFor()
  await register(page, stage.app, email)
})

it('B28: an old login is asked for the password first, a wrong one deletes nothing, and the right one does', async () => {
  await register(page, stage.app)
  await page.getByRole('link', { name: 'Security' }).click()
  await button('Delete my account').waitFor()
  await stage.advance(20 * 60_000)
  await page.reload()
  await button('Delete my account').click()
  await button('Yes, delete it for good').click()
  const dialog = page.getByRole('dialog', { name: 'Is it you?' })
  await dialog.getByLabel('Password').fill('not the password of mine')
  await dialog.getByRole('button', { name: 'Log in', exact: true }).click()
  await dialog.getByRole('alert').filter({ hasText: 'wrong' }).waitFor()
  expect(await violations(page)).toEqual([])
  await dialog.getByLabel('Password').fill(password)
  await dialog.getByRole('button', { name: 'Log in', exact: true }).click()
  await page.getByRole('link', { name: 'Log in', exact: true }).first().waitFor()
})

// The two examples without a framework, in a real Chromium: one at the real server, one with no server at all.
import type { Page } from 'playwright'
import { afterEach, expect, it } from 'vitest'
import { openStage, type Stage } from '../stage.js'
import { violations } from './axe.js'
import { password } from './person.js'

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()

let stage: Stage
let page: Page
afterEach(() => stage.close())

async function open(example: string): Promise<void> {
  stage = await openStage({}, example)
  page = await stage.browser.newPage()
}

it('the vanilla example registers, calls the API, survives a reload, and logs out', async () => {
  await open('vanilla')
  await page.goto(stage.app)
  const email = `ada${Date.now()}@example.com`
  expect(await violations(page)).toEqual([])
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password').fill(password)
  await press(page, 'Log in')
  await page.getByRole('alert').filter({ hasText: /./ }).waitFor()
  await press(page, 'Create an account')
  await page.getByRole('heading', { name: email }).waitFor()
  await press(page, 'Call the API')
  await page.getByText(`Hello ${email}`).waitFor()
  await page.reload()
  await page.getByRole('heading', { name: email }).waitFor()
  expect(await violations(page)).toEqual([])
  await press(page, 'Log out')
  await page.getByRole('button', { name: 'Log in' }).waitFor()
})

it('the mock-only example signs in with no server running, and shows what befalls a session', async () => {
  await open('mock-only')
  await stage.stopServer()
  await page.goto(stage.app)
  await page.getByText('Nobody is signed in (no-session).').waitFor()
  await press(page, 'Log in as Ada')
  await page.getByText('Signed in as ada@example.com.').waitFor()
  await press(page, 'token expired')
  await press(page, 'Call the API')
  await page.getByText('Projects: ["Latchkey"]').waitFor()
  await page.getByText('Logins: 1. Refreshes: 2.').waitFor()
  await press(page, 'offline')
  await press(page, 'Call the API')
  await page.getByText('That did not work.').waitFor()
  await page.getByText('Signed in as ada@example.com.').waitFor()
  expect(await violations(page)).toEqual([])
  await press(page, 'offline')
  await press(page, 'session revoked')
  await press(page, 'token expired')
  await press(page, 'Call the API')
  await page.getByText('Nobody is signed in (revoked).').waitFor()
})

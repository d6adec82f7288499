// What a person does in the example app, by what they see: labels, buttons, headings.
import type { BrowserContext, Page } from 'playwright'

export const password = 'correct horse battery staple'
/** Whom the server makes an admin at its start, where its environment names them. */
export const admin = { email: 'admin@example.com', password: 'an example needs an admin' }
let people = 0

/** Registers somebody new, who is then on the account page; their email. */
export async function register(
  page: Page,
  app: string,
  email = `ada${Date.now()}${++people}@example.com`,
): Promise<string> {
  await page.goto(`${app}/register`)
  await page.getByLabel('Name').fill('Ada')
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Create account' }).click()
  await accountPage(page)
  return email
}

export async function logIn(page: Page, email: string, secret = password): Promise<void> {
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password').fill(secret)
  await page.getByRole('button', { name: 'Log in', exact: true }).click()
}

export const logOut = (page: Page): Promise<void> => page.getByRole('button', { name: 'Log out', exact: true }).click()

export async function accountPage(page: Page): Promise<void> {
  await page.getByRole('heading', { name: 'Your account' }).waitFor()
}

export async function loginPage(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Log in', exact: true }).waitFor()
}

/** Resolves with the next answer to a refresh, from any tab. */
export function nextRefresh(context: BrowserContext): Promise<number> {
  return context.waitForEvent('response', (response) => isRefresh(response.url())).then((response) => response.status())
}

export const isRefresh = (url: string): boolean => new URL(url).pathname === '/auth/refresh'

/** The refresh token in the browser's jar, which no page can read. */
export async function refreshCookie(
  context: BrowserContext,
): Promise<{ readonly name: string; readonly value: string }> {
  const cookie = (await context.cookies()).find(({ name }) => name.includes('latchkey'))
  if (cookie === undefined) throw new Error('There is no refresh cookie.')
  return cookie
}

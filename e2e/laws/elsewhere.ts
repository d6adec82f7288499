// A person who signs in elsewhere, step by step, in a browser of the laws.
import { createHash, randomBytes } from 'node:crypto'
import type { ProviderUser } from '@latchkey/engine'
import { expect } from 'vitest'
import { type Browser, openBrowser } from './browser.js'
import { freshEmail, password } from './device.js'
import { stranger, tokenFor } from './letters.js'
import { lawfulOptions, type Received, type Transport } from './transport.js'

export const start = (browser: Browser, provider: string, query: Readonly<Record<string, string>> = {}) =>
  browser.send('GET', `/auth/oauth/${provider}?${new URLSearchParams(query)}`, { headers: { 'x-latchkey': '' } })

export const comeBack = (browser: Browser, provider: string, query: Readonly<Record<string, string>>) =>
  browser.send('GET', `/auth/oauth/${provider}/callback?${new URLSearchParams(query)}`, {
    headers: { 'x-latchkey': '' },
  })

export const locationOf = ({ status, headers }: Received): URL => {
  expect(status).toBe(302)
  return new URL(headers['location'] ?? '')
}

/** There and back, signed in at the provider as that person. */
export async function goThrough(
  transport: Transport,
  browser: Browser,
  user: Partial<ProviderUser>,
  query: Readonly<Record<string, string>> = {},
): Promise<Received> {
  const { one } = transport.elsewhere
  const there = locationOf(await start(browser, 'one', query))
  return comeBack(browser, 'one', one.approve(there.href, user))
}

/** What the app's page is told, and that the page is the app's. */
export function told(reply: Received): Record<string, string> {
  const url = locationOf(reply)
  expect(url.href.startsWith(`${lawfulOptions.appUrl}/`)).toBe(true)
  return Object.fromEntries([...url.searchParams, ...new URLSearchParams(url.hash.slice(1))])
}

/** Who the browser is signed in as, by its cookie alone; null where it is not. */
export async function whoIs(browser: Browser): Promise<{ id: string; email: string } | null> {
  const { status, body } = await browser.send('POST', '/auth/refresh')
  return status === 200 ? (body as { user: { id: string; email: string } }).user : null
}

/** Somebody with a password, in a browser of their own; their address proven or not. */
export async function member(transport: Transport, isProven: boolean) {
  const email = freshEmail()
  const browser = openBrowser(transport)
  const { body } = await browser.send('POST', '/auth/register', { body: { email, password } })
  if (isProven) {
    const token = await tokenFor(transport, email, 'verify-email')
    expect((await stranger(transport, '/auth/email/verify', { token })).status).toBe(204)
  }
  const grant = body as { user: { id: string }; access_token: string }
  return { browser, email, id: grant.user.id, bearer: { authorization: `Bearer ${grant.access_token}` } }
}

/** A page's own secret and its SHA-256. */
export function pageSecret(): { readonly verifier: string; readonly challenge: string } {
  const verifier = randomBytes(32).toString('base64url')
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') }
}

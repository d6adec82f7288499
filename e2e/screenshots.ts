// Takes pictures of every page of the two examples, light and dark, wide and narrow: `pnpm screenshots [folder]`.
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Page } from 'playwright'
import { accountPage, admin, logIn, logOut, register } from './browser/person.js'
import { openStage } from './stage.js'

const folder = resolve(process.argv[2] ?? 'screenshots')
const open = [
  '/',
  '/login',
  '/register',
  '/forgot-password',
  '/reset-password',
  '/verify-email',
  '/confirm-email',
  '/nowhere',
]
const guarded = ['/account', '/notes', '/devices', '/security', '/admin']
const widths = [1280, 360]

/** Somebody new goes through all pages, then the admin sees theirs. */
async function goThrough(page: Page, app: string, take: (path: string, name?: string) => Promise<void>): Promise<void> {
  for (const path of open) await take(path)
  await register(page, app)
  for (const path of guarded) await take(path)
  await page.goto(`${app}/account`)
  await logOut(page)
  await page.goto(`${app}/login`)
  await logIn(page, admin.email, admin.password)
  await accountPage(page)
  await take('/admin', 'admin-as-admin')
}

mkdirSync(folder, { recursive: true })
for (const example of ['react', 'vue']) {
  const stage = await openStage({ ADMIN_EMAIL: admin.email, ADMIN_PASSWORD: admin.password }, example)
  try {
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const width of widths) {
        const context = await stage.browser.newContext({ viewport: { width, height: 820 }, colorScheme })
        const page = await context.newPage()
        await goThrough(page, stage.app, async (path, name = path.slice(1) || 'home') => {
          await page.goto(stage.app + path)
          await page.getByRole('heading', { level: 1 }).waitFor()
          await page.getByText(/^Looking for/).waitFor({ state: 'detached' })
          if (name === 'home') await page.locator('.button').first().waitFor()
          if (name === 'admin-as-admin')
            await page
              .getByRole('button', { name: /^Disable/ })
              .first()
              .waitFor()
          const file = join(folder, `${example}-${colorScheme}-${width}-${name}.png`)
          await page.screenshot({ path: file, fullPage: true })
        })
        await context.close()
      }
    }
  } finally {
    await stage.close()
  }
}
console.log(`wrote ${folder}`)

// Takes pictures of every page of the two examples, light and dark: `pnpm screenshots [folder]`.
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { register } from './browser/person.js'
import { openStage } from './stage.js'

const folder = resolve(process.argv[2] ?? 'screenshots')
const open = ['/', '/login', '/register', '/forgot-password', '/reset-password', '/verify-email']
const guarded = ['/account', '/notes', '/devices', '/security', '/admin']

mkdirSync(folder, { recursive: true })
for (const example of ['react', 'vue']) {
  const stage = await openStage({}, example)
  try {
    for (const colorScheme of ['light', 'dark'] as const) {
      const context = await stage.browser.newContext({ viewport: { width: 1100, height: 820 }, colorScheme })
      const page = await context.newPage()
      const take = async (path: string): Promise<void> => {
        await page.goto(stage.app + path)
        await page.getByRole('heading', { level: 1 }).waitFor()
        const name = `${example}-${colorScheme}${path === '/' ? '-home' : path.replaceAll('/', '-')}.png`
        await page.screenshot({ path: join(folder, name), fullPage: true })
      }
      for (const path of open) await take(path)
      await register(page, stage.app)
      for (const path of guarded) await take(path)
      await context.close()
    }
  } finally {
    await stage.close()
  }
}
console.log(`wrote ${folder}`)

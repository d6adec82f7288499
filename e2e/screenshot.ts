// Makes the README's picture: the running example, somebody signed in, one silent refresh in its log.
import { fileURLToPath } from 'node:url'
import { nextRefresh, register } from './browser/person.js'
import { openStage } from './stage.js'

const path = fileURLToPath(new URL('../docs/example.png', import.meta.url))
const stage = await openStage({ ACCESS_TOKEN_TTL_SECONDS: '10' })
try {
  const context = await stage.browser.newContext({
    viewport: { width: 1100, height: 820 },
    deviceScaleFactor: 1.5,
    colorScheme: 'light',
  })
  const page = await context.newPage()
  await register(page, stage.app, 'ada@example.com')
  await nextRefresh(context)
  await page.getByRole('button', { name: 'Call the API' }).click()
  await page.getByText('Hello').first().waitFor()
  await page.screenshot({ path })
  console.log(`wrote ${path}`)
} finally {
  await stage.close()
}

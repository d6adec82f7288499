// What axe says of an open page; its secret is how it gets in there.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe finds on the page that is open, as a list of rules and places. */
export async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe)
  return page.evaluate(async () => {
    const { axe: run } = globalThis as unknown as {
      readonly axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> }
    }
    const found = (await run.run()).violations
    return found.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${location.pathname} ${id}: ${html}`))
  })
}

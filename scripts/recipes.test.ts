// The testing guide's promise: every snippet of it is part of a test that runs.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (path: string): string => readFileSync(root + path, 'utf8')

/** The guide and the files that its snippets are from. */
const guides: readonly (readonly [guide: string, ...sources: string[]])[] = [
  ['docs/testing-your-app.md', 'mock-server/msw/test/recipes.test.tsx'],
]

/** Without what a formatter may change. */
const flat = (code: string): string => code.replaceAll(/\s+/g, ' ').trim()

it.each(guides)('every snippet of %s is in a test that runs', (guide, ...sources) => {
  const tests = sources.map((path) => flat(read(path)))
  const snippets = [...read(guide).matchAll(/```tsx?\n(.*?)```/gs)].map(([, code = '']) => flat(code))
  expect(snippets.length).toBeGreaterThan(7)
  expect(snippets.filter((snippet) => !tests.some((test) => test.includes(snippet)))).toEqual([])
})

// The recipes of docs/recipes.md, each as it stands there, against a real server whose tokens run out.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import * as apollo from './apollo.js'
import { auth } from './auth.js'
import * as axios from './axios.js'
import { backend } from './backend.js'
import * as ky from './ky.js'
import * as ofetch from './ofetch.js'
import * as openapiFetch from './openapi-fetch.js'
import * as rtkQuery from './rtk-query.js'
import * as tanstackQuery from './tanstack-query.js'
import * as trpc from './trpc.js'
import * as urql from './urql.js'

type Recipe = { readonly projects: () => Promise<unknown> }
const recipes: readonly (readonly [name: string, recipe: Recipe])[] = [
  ['ky', ky],
  ['axios', axios],
  ['ofetch', ofetch],
  ['openapi-fetch', openapiFetch],
  ['trpc', trpc],
  ['apollo', apollo],
  ['urql', urql],
  ['tanstack-query', tanstackQuery],
  ['rtk-query', rtkQuery],
]
const credentials = { email: 'ada@example.com', password: 'correct horse battery staple' }

beforeAll(async () => void (await auth.register(credentials)))
afterAll(async () => {
  auth.dispose()
  await backend.stop()
})

describe.each(recipes)('the recipe for %s', (name, { projects }) => {
  beforeEach(() => void backend.calls.splice(0))

  it(`${name}: C13 a spent token costs one refresh and one replay, and the app sees neither`, async () => {
    backend.spendTokens()
    expect(await projects()).toMatchObject([{ name: 'Analytical Engine' }])
    expect(backend.calls.filter(({ path }) => !path.startsWith('/auth/')).map(({ status }) => status)).toEqual([
      401, 200,
    ])
    expect(backend.calls.filter(({ path }) => path === '/auth/refresh')).toEqual([
      { path: '/auth/refresh', status: 200 },
    ])
  })

  it(`${name}: with a good token there is one request`, async () => {
    await tanstackQuery.queries.invalidateQueries()
    expect(await projects()).toMatchObject([{ name: 'Analytical Engine' }])
    expect(backend.calls.map(({ status }) => status)).toEqual([200])
  })

  it(`${name}: stands in the docs to the letter`, () => {
    const read = (path: string): string => readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8')
    expect(read('../../docs/recipes.md')).toContain(`\`\`\`ts\n${read(`${name}.ts`)}\`\`\``)
  })
})

describe('the recipes, all at once', () => {
  it('C9 nine libraries that meet a spent token together share one refresh', async () => {
    backend.spendTokens()
    backend.calls.splice(0)
    await tanstackQuery.queries.invalidateQueries()
    const all = await Promise.all(recipes.map(([, { projects }]) => projects()))
    expect(all).toMatchObject(recipes.map(() => [{ name: 'Analytical Engine' }]))
    expect(backend.calls.filter(({ path }) => path === '/auth/refresh').length).toBe(1)
  })
})

// The promises of the guides to frameworks: what stands there compiles, and Nuxt's plugin is the one that is tested.
import { readFileSync } from 'node:fs'
import { transformAsync } from '@babel/core'
import { compile } from 'svelte/compiler'
import { describe, expect, it } from 'vitest'
import { problemsIn, root, snippetsOf } from './compile-snippets.js'

const read = (path: string): string => readFileSync(root + path, 'utf8')
const blocksOf = (path: string, kind: string): string[] =>
  [...read(path).matchAll(new RegExp(`\`\`\`${kind}\\n(.*?)\`\`\``, 'gs'))].map(([, code = '']) => code)
const [svelteCode = ''] = blocksOf('docs/other-frameworks.md', 'svelte')
const [solidCode = ''] = blocksOf('docs/other-frameworks.md', 'solid')

it.each(['react', 'vue'])(
  'every snippet of the guide to %s compiles',
  (name) => {
    const snippets = snippetsOf(name, read(`docs/${name}.md`))
    expect(snippets.length).toBeGreaterThan(2)
    expect(problemsIn(snippets)).toEqual([])
  },
  120_000,
)

describe('the guide to other frameworks', () => {
  it.each(['client', 'server'] as const)('its Svelte component compiles for the %s, with no warning', (generate) => {
    const { js, warnings } = compile(svelteCode, { generate, filename: 'Greeting.svelte' })
    expect(warnings).toEqual([])
    expect(js.code).toContain('@latchkey/core')
  })

  it.each(['dom', 'ssr'])('its Solid component compiles for %s', async (generate) => {
    const result = await transformAsync(solidCode, {
      presets: [['babel-preset-solid', { generate }]],
      filename: 'greeting.jsx',
      configFile: false,
    })
    expect(result?.code).toContain('@nanostores/solid')
    expect(result?.code).not.toContain('<Switch')
  })
})

it('Nuxt’s plugin in docs/vue.md is the one that a test renders', () => {
  const flat = (code: string): string => code.replaceAll(/\s+/g, ' ').trim()
  const [plugin = ''] = blocksOf('docs/vue.md', 'js')
  const tested = read('packages/vue/test/nuxt-plugin.ts').replaceAll(/\/\/ oxlint.*\n/g, '')
  expect(flat(plugin).length).toBeGreaterThan(100)
  expect(flat(tested)).toContain(flat(plugin))
})

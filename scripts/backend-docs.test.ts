// The pages about backends: every snippet compiles, every profile has its page, and every page is linked.
import { readdirSync, readFileSync } from 'node:fs'
import * as profiles from '@latchkey/core/profiles'
import { describe, expect, it } from 'vitest'
import { problemsIn, root, snippetsOf } from './compile-snippets.js'

const folder = `${root}docs/backends/`
const pages = readdirSync(folder).map((name) => ({ name, markdown: readFileSync(folder + name, 'utf8') }))
const examples = ['fastapi', 'django'].map((name) => ({
  name: `examples-${name}`,
  markdown: readFileSync(`${root}examples/backends/${name}/README.md`, 'utf8'),
}))
const snippets = [...pages, ...examples].flatMap(({ name, markdown }) => snippetsOf(name.replace('.md', ''), markdown))
const linesOf = (code: string): number => code.split('\n').filter((line) => line.trim() !== '').length

describe('the pages about backends', () => {
  it('every snippet compiles', () => {
    expect(snippets.length).toBeGreaterThan(pages.length)
    expect(problemsIn(snippets)).toEqual([])
  }, 120_000)

  it('every profile is shown on one of them', () => {
    const shown = snippets.map(({ code }) => code).join('\n')
    const all = Object.entries(profiles).flatMap(([name, value]) => (typeof value === 'function' ? [name] : []))
    expect(all.filter((name) => !shown.includes(`${name}(`))).toEqual([])
  })

  it('the first of them links to all others', () => {
    const index = pages.find(({ name }) => name === 'README.md')?.markdown ?? ''
    expect(pages.filter(({ name }) => name !== 'README.md' && !index.includes(`](${name})`))).toEqual([])
  })

  it('a profile of one’s own has less than 20 lines', () => {
    const [own] = snippets.filter(({ name, code }) => name.startsWith('own-backend') && code.includes('readGrant'))
    const [profile = ''] = /const profile[\s\S]*?\n}\n/.exec(own?.code ?? '') ?? []
    expect(linesOf(profile)).toBeGreaterThan(5)
    expect(linesOf(profile)).toBeLessThan(20)
  })
})

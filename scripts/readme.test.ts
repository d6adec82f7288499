// The README's promises: its snippets compile as they stand, and its quickstarts are as short as it says.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { problemsIn, root, snippetsOf } from './compile-snippets.js'

const snippets = snippetsOf('readme', readFileSync(`${root}README.md`, 'utf8'))
const quickstart = (framework: string): string =>
  snippets.find(({ code }) => code.includes(`@latchkey/${framework}`))?.code ?? ''
const linesOf = (code: string): number => code.split('\n').filter((line) => line.trim() !== '').length

describe('the README', () => {
  it('its React quickstart has at most 14 lines, its Vue one at most 12', () => {
    expect(linesOf(quickstart('react'))).toBeGreaterThan(0)
    expect(linesOf(quickstart('react'))).toBeLessThanOrEqual(14)
    expect(linesOf(quickstart('vue'))).toBeGreaterThan(0)
    expect(linesOf(quickstart('vue'))).toBeLessThanOrEqual(12)
  })

  it('every snippet compiles', () => {
    expect(problemsIn(snippets)).toEqual([])
  }, 60_000)
})

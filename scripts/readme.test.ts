// The README's promises: its snippets compile as they stand, and its quickstarts are as short as it says.
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const readme = readFileSync(`${root}README.md`, 'utf8')
const snippets = [...readme.matchAll(/```(tsx?)\n(.*?)```/gs)].map(([, kind = '', code = '']) => ({ kind, code }))
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
    const { config } = ts.readConfigFile(`${root}tsconfig.json`, (path) => readFileSync(path, 'utf8')) as {
      config: object
    }
    const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, root)
    // As if they lay in the example, whose dependencies a reader of the React quickstart has.
    const files = new Map(snippets.map(({ kind, code }, n) => [`${root}e2e/readme-${n}.${kind}`, code]))
    const host = ts.createCompilerHost(options)
    const disk = ts.createCompilerHost(options)
    host.readFile = (path) => files.get(path) ?? disk.readFile(path)
    host.fileExists = (path) => files.has(path) || disk.fileExists(path)
    host.getSourceFile = (path, target) => {
      const code = files.get(path)
      return code === undefined ? disk.getSourceFile(path, target) : ts.createSourceFile(path, code, target, true)
    }
    const program = ts.createProgram([...files.keys()], { ...options, noUnusedLocals: false }, host)
    const problems = [...files.keys()].flatMap((path) => {
      const file = program.getSourceFile(path)
      return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(
        ({ messageText, start = 0 }) =>
          `${path.slice(dirname(path).length + 1)}:${(file?.getLineAndCharacterOfPosition(start).line ?? 0) + 1} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
      )
    })
    expect(problems).toEqual([])
  }, 60_000)
})

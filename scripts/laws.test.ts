// The table of laws cannot rot: every number that docs/laws.md names is in a test's title in the file that it names.
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const page = readFileSync(`${root}docs/laws.md`, 'utf8')
const named = /^(?:[FCWI]\d+|PEERS “[^”]+”)$/

/** Each row: the law that it names, and the files beside it. */
const rows = page.split('\n').flatMap((line) => {
  const cells = line.split(/(?<!\\)\|/).map((cell) => cell.trim())
  const law = cells.find((cell) => named.test(cell))
  const files = [...(cells.at(-2) ?? '').matchAll(/`([^`]+)`/g)].map(([, file = '']) => file)
  return law === undefined ? [] : [{ law, files }]
})

/** All texts of a file that are no comment and no import: titles, and the rows of tables that titles are made of. */
function textsOf(file: string): readonly string[] {
  const texts: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) texts.push(node.text)
    if (ts.isTemplateExpression(node)) texts.push(node.getText())
    if (!ts.isImportDeclaration(node)) ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(file, readFileSync(root + file, 'utf8'), ts.ScriptTarget.Latest, true))
  return texts
}

/** `I1–I8` names all eight. */
function names(text: string, law: string): boolean {
  const range = /\b([FCWI])(\d+)–\1(\d+)\b/.exec(text)
  const [, letter, first = '', last = ''] = range ?? []
  const number = Number(law.slice(1))
  if (letter === law[0] && number >= Number(first) && number <= Number(last)) return true
  return law.startsWith('PEERS') ? text.includes(law) : new RegExp(`\\b${law}\\b`).test(text)
}

describe('docs/laws.md', () => {
  it.each([
    ['F', 66],
    ['C', 35],
    ['W', 17],
    ['I', 8],
  ])('names every law of %s', (letter, count) => {
    const all = Array.from({ length: count }, (_, index) => `${letter}${index + 1}`)
    expect(all.filter((law) => !rows.some((row) => row.law === law))).toEqual([])
  })

  it('names a test file for each, and only files that there are', () => {
    expect(rows.filter(({ files }) => files.length === 0)).toEqual([])
    expect(rows.flatMap(({ files }) => files).filter((file) => !existsSync(root + file))).toEqual([])
  })

  it('every law is in a title of each file beside it', () => {
    const texts = new Map(rows.flatMap(({ files }) => files).map((file) => [file, textsOf(file)]))
    const missing = rows.flatMap(({ law, files }) =>
      files.filter((file) => !texts.get(file)?.some((text) => names(text, law))).map((file) => `${law} in ${file}`),
    )
    expect(missing).toEqual([])
  })
})

// The table of laws cannot rot: every number that docs/laws.md names is in a test's title in the file that it names.
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const page = readFileSync(`${root}docs/laws.md`, 'utf8')
const isLaw = /^(?:[FCWIBSJ]\d+|PEERS “[^”]+”)$/

/** Each row: the law that it names, and the files beside it. */
const rows = page.split('\n').flatMap((line) => {
  const cells = line.split(/(?<!\\)\|/).map((cell) => cell.trim())
  const law = cells.find((cell) => isLaw.test(cell))
  const files = [...(cells.at(-2) ?? '').matchAll(/`([^`]+)`/g)].map(([, file = '']) => file)
  return law === undefined ? [] : [{ law, files }]
})

/** `I1–I8` names all eight. */
const numbersIn = (text: string): readonly string[] =>
  [...text.matchAll(/\b([FCWIBSJ])(\d+)(?:–\1(\d+))?\b/g)].flatMap(([, letter = '', first = '', last = first]) =>
    Array.from({ length: Number(last) - Number(first) + 1 }, (_, at) => `${letter}${Number(first) + at}`),
  )

/** The laws that a file names in texts that are no comment and no import: titles, and the rows of tables that titles are made of. */
function lawsIn(file: string): (law: string) => boolean {
  const source = ts.createSourceFile(file, readFileSync(root + file, 'utf8'), ts.ScriptTarget.Latest)
  const texts: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) texts.push(node.text)
    if (ts.isTemplateExpression(node)) texts.push(node.getText(source))
    if (!ts.isImportDeclaration(node)) ts.forEachChild(node, visit)
  }
  visit(source)
  const numbers = new Set(texts.flatMap(numbersIn))
  return (law) => numbers.has(law) || (law.startsWith('PEERS') && texts.some((text) => text.includes(law)))
}

describe('docs/laws.md', () => {
  it.each([
    ['F', 66],
    ['C', 35],
    ['W', 17],
    ['I', 8],
    ['B', 40],
    ['S', 50],
    ['J', 6],
  ])('names every law of %s', (letter, count) => {
    const all = Array.from({ length: count }, (_, index) => `${letter}${index + 1}`)
    expect(all.filter((law) => !rows.some((row) => row.law === law))).toEqual([])
  })

  it('names every row of the table of what other clients have', () => {
    const [, table = ''] = page.split('## What other clients have, row by row')
    expect(table.match(/^\| (?!feature|-)/gm)).toHaveLength(46)
  })

  it('names a test file for each, and only files that there are', () => {
    expect(rows.filter(({ files }) => files.length === 0)).toEqual([])
    expect(rows.flatMap(({ files }) => files).filter((file) => !existsSync(root + file))).toEqual([])
  })

  it('every law is in a title of each file beside it', () => {
    const named = new Map(rows.flatMap(({ files }) => files).map((file) => [file, lawsIn(file)]))
    const missing = rows.flatMap(({ law, files }) =>
      files.filter((file) => !named.get(file)?.(law)).map((file) => `${law} in ${file}`),
    )
    expect(missing).toEqual([])
  })
})

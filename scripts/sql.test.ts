// No statement is put together from text (B36): the law reads whatever could reach a database in the servers' sources.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const senders = new Set(['query', 'execute', 'exec', 'unsafe', 'prepare'])
const assemblers = new Set(['concat', 'join', 'replace', 'replaceAll', 'raw'])
const opens =
  /^\s*(?:select\s|insert\s+into\s|update\s+\S+\s+set\s|delete\s+from\s|begin\b|with\s+\S+\s+as\s|set\s+\S+\s*(?:=|to\s)|(?:create|drop|alter)\s+(?:table|database|role|index)\s)/i

/** Words of the code's own, no text of a caller's: a number, a column's name and its type, from constants and the schema. */
const known: ReadonlySet<string> = new Set([
  'mock-server/express/src/postgres.ts: `begin isolation level read committed; set local lock_timeout = ${lockTimeout}`',
  'mock-server/express/src/postgres.ts: `set lock_timeout = ${lockTimeout}`',
  "mock-server/express/src/statements.ts: sql.raw(`'${key}'`)",
  'mock-server/express/src/statements.ts: sql.raw(column.getSQLType())',
])

/** Every place of a source where a statement is put together, as it is written. */
function assembled(text: string): readonly string[] {
  const source = ts.createSourceFile('a.ts', text, ts.ScriptTarget.Latest, true)
  const values = new Map<string, ts.Expression>()
  const found = new Set<string>()
  const walk = (node: ts.Node, look: (node: ts.Node) => void): void => {
    look(node)
    ts.forEachChild(node, (child) => walk(child, look))
  }

  /** What of an expression is put together; names are followed to where they are set. */
  const partOf = (node: ts.Expression, seen: readonly string[] = []): ts.Expression | null => {
    if (ts.isTemplateExpression(node)) return node
    if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) return node
    if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node)) return partOf(node.expression, seen)
    if (ts.isConditionalExpression(node)) return partOf(node.whenTrue, seen) ?? partOf(node.whenFalse, seen)
    if (ts.isCallExpression(node)) {
      const { expression } = node
      return ts.isPropertyAccessExpression(expression) && assemblers.has(expression.name.text) ? node : null
    }
    if (ts.isObjectLiteralExpression(node)) {
      const inner = node.properties.find((each) => each.name?.getText() === 'text')
      return inner !== undefined && ts.isPropertyAssignment(inner) ? partOf(inner.initializer, seen) : null
    }
    const value = ts.isIdentifier(node) && !seen.includes(node.text) ? values.get(node.text) : undefined
    return value === undefined ? null : partOf(value, [...seen, node.getText()])
  }

  walk(source, (node) => {
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.initializer)
      values.set(node.name.text, node.initializer)
  })
  walk(source, (node) => {
    if (ts.isTemplateExpression(node) && !ts.isTaggedTemplateExpression(node.parent) && opens.test(node.head.text))
      found.add(node.getText())
    if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
      if (ts.isStringLiteralLike(node.left) && opens.test(node.left.text)) found.add(node.getText())
    }
    if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return
    const { name, expression } = node.expression
    if (name.text === 'raw' && /(?:^|\.)sql$/.test(expression.getText())) found.add(node.getText())
    const [first] = node.arguments
    const part = senders.has(name.text) && first !== undefined ? partOf(first) : null
    if (part !== null) found.add(part.getText())
  })
  return [...found]
}

const filesIn = (folder: string): string[] =>
  readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    if (statSync(path).isDirectory()) return filesIn(path)
    return path.endsWith('.ts') ? [path] : []
  })

describe('B36: a statement', () => {
  const sources = readdirSync(join(root, 'mock-server')).flatMap((house) =>
    filesIn(join(root, 'mock-server', house, 'src')),
  )
  const places = sources.flatMap((path) =>
    assembled(readFileSync(path, 'utf8')).map((text) => `${relative(root, path).replaceAll('\\', '/')}: ${text}`),
  )

  it('is never put together from text, but for the words of the code’s own that are named here', () => {
    expect(places.filter((place) => !known.has(place))).toEqual([])
  })

  it('has no exception that is not needed any more', () => {
    expect([...known].filter((place) => !places.includes(place))).toEqual([])
  })

  it.each([
    'client.query(`select * from a where b = ${email}`)',
    "client.query('select * from a where b = ' + email)",
    "client.query('select * from a where b = '.concat(email))",
    "client.query(['select 1', email].join(' '))",
    'pool.query({ text: `select ${email}`, values: [] })',
    'const text = `select ${email}`\nclient.query(text)',
    "const text = 'select ' + email\nconst other = text\ntables.execute(other)",
    'tables.execute(sql.raw(email))',
    'tables.execute(sql`select ${sql.raw(email)}`)',
    'drizzle.sql.raw(email)',
    "client.query(isAll ? 'select 1' : `select ${email}`)",
    'pglite.exec((`drop table ${name}` as string))',
    'const statement = { name: 1, text: `update a set b = ${email}`, values: [] }',
    "const text = 'delete from a where b = ' + email",
  ])('that is put together is seen: %s', (sample) => {
    expect(assembled(sample)).not.toEqual([])
  })

  it.each([
    'tables.execute(sql`select ${email}`)',
    "client.query('select 1 from a where b = $1', [email])",
    'client.query({ text: `select 1`, values: [`${email}`] })',
    'const message = `Use ${allow} here.`',
    '/a/.exec(`${email}`.slice(0, 3))',
  ])('that is not is let be: %s', (sample) => {
    expect(assembled(sample)).toEqual([])
  })
})

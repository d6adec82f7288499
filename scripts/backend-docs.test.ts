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

/** The reader's own client and server, as far as the snippets name them. */
const around = [
  {
    name: 'auth.ts',
    kind: 'ts',
    code: "import { createAuthClient } from '@latchkey/core'\nexport const auth = createAuthClient({ baseURL: 'https://api.example.com' })",
  },
  {
    name: 'around.ts',
    kind: 'ts',
    code: `import type { IncomingMessage, ServerResponse } from 'node:http'
type Socket = { close(code: number): void; once(type: 'message', listener: (message: unknown) => void): void }
declare global {
  const app: { get(path: string, guard: unknown, answer: (request: IncomingMessage, response: ServerResponse) => void): void }
  const requireAuth: () => unknown
  const eventsAfter: (id: number) => readonly { id: number; data: unknown }[]
  const sockets: { on(type: 'connection', listener: (socket: Socket) => void): void }
  const engine: { authorize(sent: { authorization: string }): Promise<{ principal: unknown } | { problem: unknown }> }
  const welcome: (socket: Socket, principal: unknown) => void
}`,
  },
]

const linesOf = (code: string): number => code.split('\n').filter((line) => line.trim() !== '').length

describe('the pages about backends', () => {
  it('every snippet compiles', () => {
    expect(snippets.length).toBeGreaterThan(pages.length)
    expect(problemsIn(snippets)).toEqual([])
  }, 120_000)

  it('every snippet about realtime and the conformance kit compiles, beside the names that their text explains', () => {
    const told = ['realtime', 'conformance'].flatMap((name) =>
      snippetsOf(name, readFileSync(`${root}docs/${name}.md`, 'utf8')),
    )
    expect(told.length).toBeGreaterThan(5)
    expect(problemsIn([...told, ...around])).toEqual([])
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

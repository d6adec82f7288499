// Compiles code that stands in Markdown; its secret is that the files it compiles are nowhere on the disk.
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

export const root = fileURLToPath(new URL('..', import.meta.url))

/** A code block, and where it would lie: its imports resolve from there. */
export type Snippet = { readonly name: string; readonly kind: string; readonly code: string }

/** The TypeScript blocks of a page, named after it. */
export const snippetsOf = (page: string, markdown: string): readonly Snippet[] =>
  [...markdown.matchAll(/```(tsx?)\n(.*?)```/gs)].map(([, kind = '', code = ''], n) => ({
    name: `${page}-${n}.${kind}`,
    kind,
    code,
  }))

/** What the type checker says of them, each as a module of its own beside the e2e tests: `page-0.ts:3 message`. */
export function problemsIn(snippets: readonly Snippet[]): readonly string[] {
  const { config } = ts.readConfigFile(`${root}tsconfig.json`, (path) => readFileSync(path, 'utf8')) as {
    config: object
  }
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, root)
  const files = new Map(snippets.map(({ name, code }) => [`${root}e2e/${name}`, `${code}\nexport {}\n`]))
  const host = ts.createCompilerHost(options)
  const disk = ts.createCompilerHost(options)
  host.readFile = (path) => files.get(path) ?? disk.readFile(path)
  host.fileExists = (path) => files.has(path) || disk.fileExists(path)
  host.getSourceFile = (path, target) => {
    const code = files.get(path)
    return code === undefined ? disk.getSourceFile(path, target) : ts.createSourceFile(path, code, target, true)
  }
  const program = ts.createProgram([...files.keys()], { ...options, noUnusedLocals: false }, host)
  return [...files.keys()].flatMap((path) => {
    const file = program.getSourceFile(path)
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(
      ({ messageText, start = 0 }) =>
        `${path.slice(dirname(path).length + 1)}:${(file?.getLineAndCharacterOfPosition(start).line ?? 0) + 1} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
    )
  })
}

// `pnpm check`: everything that judges the code without running it. Runs all, then fails if any failed.
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'

const packages = ['packages', 'mock-server'].flatMap((shelf) => readdirSync(shelf).map((name) => `${shelf}/${name}`))
const isPublishedAsCjs = (folder) => folder.startsWith('packages/')

const checks = [
  ['build', 'pnpm', 'run', '--silent', 'build'],
  ['lint', 'oxlint', '--type-aware', '--deny-warnings'],
  ['format', 'oxfmt', '--check', '.'],
  ['types', 'tsc', '-p', 'tsconfig.json', '--noEmit'],
  ['types of Vue', 'pnpm', '--filter', 'example-vue', 'run', '--silent', 'types'],
  ['floors', 'vitest', 'run', '--project', 'house', '--reporter', 'dot'],
  ['unused code', 'knip'],
  ...packages.map((folder) => [`publint ${folder}`, 'publint', folder, '--strict']),
  ...packages.map((folder) => [
    `attw ${folder}`,
    'attw',
    '--pack',
    folder,
    ...(isPublishedAsCjs(folder) ? [] : ['--profile', 'esm-only']),
    '--format',
    'ascii',
  ]),
  ['size', 'size-limit'],
  ['documentation', 'vitepress', 'build', 'docs'],
]

const failed = []
for (const [name, command, ...args] of checks) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', shell: process.platform === 'win32' })
  const ok = status === 0
  console.log(`${ok ? '✓' : '✗'} ${name}`)
  if (!ok) {
    failed.push(name)
    console.log(stdout ?? '', stderr ?? '')
  }
}
console.log(failed.length === 0 ? `all ${checks.length} checks passed` : `failed: ${failed.join(', ')}`)
process.exit(failed.length === 0 ? 0 : 1)

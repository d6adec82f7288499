// The report for people. Its secret: what is well takes one line, what is not takes what it needs.
import type { Verdict } from './finding.js'
import type { Report } from './run.js'

const marks: Readonly<Record<Verdict, string>> = { pass: '✓ pass', warn: '! warn', fail: '✗ FAIL', skip: '- skip' }
const colours: Readonly<Record<Verdict, number>> = { pass: 32, warn: 33, fail: 31, skip: 90 }

/** The table, and below it what to do; `width` in columns. */
export function toTable({ target, profile, origin, findings }: Report, { colour = false, width = 100 } = {}): string {
  const paint = (verdict: Verdict, text: string): string =>
    colour ? `\u001B[${colours[verdict]}m${text}\u001B[0m` : text
  const column = Math.max(0, ...findings.map(({ id }) => id.length))
  const rows = findings.map(
    ({ verdict, id, title, saw }) =>
      `${paint(verdict, marks[verdict])}  ${id.padEnd(column)}  ${verdict === 'skip' ? saw : title}`,
  )
  const todo = (['fail', 'warn'] as const).flatMap((level) => findings.filter(({ verdict }) => verdict === level))
  const advice = todo.map(({ verdict, id, saw, why, fix, docs }) =>
    [
      `${paint(verdict, marks[verdict])}  ${id}`,
      ...[
        ['saw', saw],
        ['why', why],
        ['fix', fix],
        ['see', docs],
      ].map(([label, text = '']) => wrap(`  ${label}  `, text, width)),
    ].join('\n'),
  )
  const count = (verdict: Verdict): number => findings.filter((finding) => finding.verdict === verdict).length
  return [
    `Latchkey conformance: ${target}, profile ${profile}, page ${origin}`,
    rows.join('\n'),
    ...advice,
    `${count('pass')} passed, ${count('fail')} failed, ${count('warn')} warnings, ${count('skip')} skipped`,
  ].join('\n\n')
}

function wrap(first: string, text: string, width: number): string {
  const indent = ' '.repeat(first.length)
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const line = lines.at(-1)
    if (line !== undefined && indent.length + line.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${line} ${word}`
    else lines.push(word)
  }
  return lines.map((line, n) => (n === 0 ? first : indent) + line).join('\n')
}

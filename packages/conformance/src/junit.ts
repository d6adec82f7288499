// The report for CI, as JUnit XML. Its secret: the characters that XML 1.0 cannot hold at all.
import type { Finding } from './finding.js'
import type { Report } from './run.js'

/** One test suite; warnings are passed tests that say something. */
export function toJunit({ target, profile, findings }: Report): string {
  const count = (verdict: string): number => findings.filter((finding) => finding.verdict === verdict).length
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites>`,
    `  <testsuite name="${xml(`latchkey conformance: ${target} (${profile})`)}" tests="${findings.length}" failures="${count('fail')}" errors="0" skipped="${count('skip')}">`,
    ...findings.map(testcase),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}

function testcase({ id, title, verdict, saw, why, fix, docs }: Finding): string {
  const open = `    <testcase classname="conformance" name="${xml(`${id}: ${title}`)}">`
  const told = xml(`${why}\nFix: ${fix}\nSee: ${docs}`)
  if (verdict === 'fail') return `${open}<failure message="${xml(saw)}">${told}</failure></testcase>`
  if (verdict === 'skip') return `${open}<skipped message="${xml(saw)}"/></testcase>`
  return `${open}<system-out>${xml(verdict === 'warn' ? `Warning: ${saw}\n${fix}` : saw)}</system-out></testcase>`
}

const entities: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  '"': '&quot;',
  "'": '&apos;',
}

function xml(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD]/g, '?')
    .replaceAll(/[<>&"']/g, (sign) => entities[sign] ?? sign)
}

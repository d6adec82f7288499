// @vitest-environment jsdom
// The report for CI, read back by a parser of XML.
import { describe, expect, it } from 'vitest'
import { toJunit } from '../src/junit.js'
import type { Finding, Report } from '../src/index.js'

const finding = (id: string, verdict: Finding['verdict'], saw: string): Finding => ({
  id,
  title: `The title of ${id}`,
  verdict,
  saw,
  why: 'Because <of> & "that".',
  fix: 'Do it.',
  docs: `docs/conformance.md#${id}`,
})
const report: Report = {
  target: 'http://localhost:8000/?a=1&b=2',
  profile: 'mine',
  origin: 'http://localhost:5173',
  findings: [
    finding('one', 'pass', 'All is well.'),
    finding('two', 'fail', 'It said <b>\u0000\u001b[31m"no" & \'never\'</b>.'),
    finding('three', 'skip', 'Does not apply.'),
    finding('four', 'warn', 'Somebody will regret it.'),
  ],
}

describe('JUnit', () => {
  const document = new DOMParser().parseFromString(toJunit(report), 'text/xml')

  it('is well-formed XML, whatever a server has said', () => {
    expect(document.querySelector('parsererror')).toBeNull()
    const message = document.querySelector('failure')?.getAttribute('message')
    expect(message).toBe('It said <b>??[31m"no" & \'never\'</b>.')
  })

  it('counts what failed and what was skipped, and takes a warning for a passed test that says something', () => {
    const suite = document.querySelector('testsuite')
    expect(['tests', 'failures', 'skipped'].map((name) => suite?.getAttribute(name))).toEqual(['4', '1', '1'])
    expect(document.querySelectorAll('testcase').length).toBe(4)
    expect(document.querySelectorAll('testcase')[3]?.textContent).toContain('Somebody will regret it.')
  })
})

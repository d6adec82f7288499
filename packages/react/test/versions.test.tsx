// Which React and which react-router the tests of this project run on.
// @vitest-environment node
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { version } from 'react'
import { version as domVersion } from 'react-dom'
import * as router from 'react-router'
import { expect, test } from 'vitest'

const majorOf = (text: string) => Number(text.split('.')[0])
const asked = Number(process.env['REACT_MAJOR'] ?? 19)

test('these laws run on the React that the project names, and on its react-router', () => {
  expect([majorOf(version), majorOf(domVersion)]).toEqual([asked, asked])
  // react-router 7 has the entry that 8 dropped.
  const home = createRequire(
    asked === 18 ? new URL('../../../e2e/react18/package.json', import.meta.url) : import.meta.url,
  )
  const { version: routerVersion } = JSON.parse(readFileSync(home.resolve('react-router/package.json'), 'utf8')) as {
    readonly version: string
  }
  expect(majorOf(routerVersion)).toBe(asked === 18 ? 7 : 8)
  expect(router.createMemoryRouter).toBeTypeOf('function')
})

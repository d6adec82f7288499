// The OpenAPI document: valid, complete, and true to what the server answers.
import { Validator } from '@seriousme/openapi-schema-validator'
import { routes } from '@latchkey/engine'
import { describe, expect, it } from 'vitest'
import { openApiDocument } from '../src/openapi.js'
import { codesOf, statusOf } from '../src/problem-responses.js'

const document = openApiDocument(routes)
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
)

describe('the OpenAPI document', () => {
  it.each(['__Host-latchkey', null])('is valid OpenAPI 3.1, with the cookie %s', async (cookieName) => {
    const validator = new Validator()
    // A copy: the validator writes into what it reads.
    const { valid, errors } = await validator.validate(structuredClone(openApiDocument(routes, { cookieName })))
    expect([valid, errors, validator.version]).toEqual([true, undefined, '3.1'])
  })

  it('has every route of the table, by its name, and nothing else', () => {
    const told = operations.map(({ path, method, operation }) => `${operation.operationId} ${method} ${path}`)
    const table = routes.map(({ name, method, path }) => `${name} ${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`)
    expect(told.map((line) => line.toLowerCase()).toSorted()).toEqual(
      table.map((line) => line.toLowerCase()).toSorted(),
    )
  })

  it('refers to nothing that it does not have', () => {
    const text = JSON.stringify(document)
    const targets = [...text.matchAll(/"\$ref":"([^"]*)"/g)].map(([, target = '']) => target)
    const named = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`)
    expect(targets.length).toBeGreaterThan(0)
    expect(targets.filter((target) => !named.includes(target))).toEqual([])
    expect(text).not.toContain('$defs')
  })

  it('knows the status of every code in the table', () => {
    const codes = routes.flatMap((route) => codesOf(route).map((code) => [code, statusOf(code, route)] as const))
    expect(codes.filter(([, status]) => status === null)).toEqual([])
  })

  it('demands the CSRF header and the cookie exactly where the table does, and neither in body mode', () => {
    const guarded = (cookieName: string | null) =>
      Object.values(openApiDocument(routes, { cookieName }).paths)
        .flatMap((methods) => Object.values(methods))
        .filter(({ parameters = [], security }) => {
          const hasHeader = parameters.some(({ name }) => name === 'X-Latchkey')
          expect(security.some((scheme) => 'cookie' in scheme)).toBe(hasHeader)
          return hasHeader
        })
        .map(({ operationId }) => operationId)
    expect(guarded('c')).toEqual(routes.filter(({ needs }) => needs.csrf === true).map(({ name }) => name))
    expect(guarded(null)).toEqual([])
  })

  it('tells of 401 wherever a bearer is needed, and of 429 wherever calls are counted', () => {
    for (const { operation } of operations) {
      const route = routes.find(({ name }) => name === operation.operationId)
      const needsBearer = route?.needs.bearer === true
      expect(operation.security.some((scheme) => 'bearer' in scheme)).toBe(needsBearer)
      if (needsBearer) expect(operation.responses).toHaveProperty('401')
      expect('429' in operation.responses).toBe(route?.limit !== 'none')
    }
  })

  it('says what a person types, not what the server makes of it', () => {
    expect(document.paths['/auth/login']?.['post']?.requestBody).toMatchInlineSnapshot(`
      {
        "content": {
          "application/json": {
            "schema": {
              "properties": {
                "email": {
                  "maxLength": 320,
                  "type": "string",
                },
                "password": {
                  "minLength": 1,
                  "type": "string",
                },
              },
              "required": [
                "email",
                "password",
              ],
              "type": "object",
            },
          },
        },
        "required": true,
      }
    `)
  })
})

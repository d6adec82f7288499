// One route as an OpenAPI operation. Its secret: what of the contract becomes a parameter, a body, a requirement.
import { actsOnCookie, type RouteContract } from '@latchkey/engine'
import { type JsonSchema, jsonSchema } from './json-schemas.js'
import { codesOf, type DocumentedResponse, problemResponses } from './problem-responses.js'

type Parameter = {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required: boolean
  readonly description?: string
  readonly schema: JsonSchema
}

/** An operation of the document. */
export type Operation = {
  readonly operationId: string
  readonly summary: string
  readonly tags: readonly string[]
  /** Any one of these, each with all of its schemes; none where the route is open. */
  readonly security: readonly Readonly<Record<string, readonly string[]>>[]
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: {
    readonly required: boolean
    readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>>
  }
  readonly responses: Readonly<Record<string, DocumentedResponse>>
}

/** By the beginning of the path, the first that fits. */
const tags: readonly (readonly [prefix: string, tag: string])[] = [
  ['/auth/email', 'email'],
  ['/auth/password', 'password'],
  ['/auth/mfa', 'mfa'],
  ['/auth/passkeys', 'passkeys'],
  ['/auth/oauth', 'oauth'],
  ['/auth/login/oauth', 'oauth'],
  ['/auth/identities', 'oauth'],
  ['/auth/sessions', 'sessions'],
  ['/auth/me', 'account'],
  ['/auth', 'session'],
  ['/admin', 'admin'],
  ['', 'operation'],
]

/** What the route's path is filed under. */
const tagOf = (path: string): string =>
  tags.find(([prefix]) => prefix === '' || path === prefix || path.startsWith(`${prefix}/`))?.[1] ?? 'operation'

/** Where tokens travel. */
type TokenTransport = Parameters<typeof actsOnCookie>[1]

/** The route as an operation; where no cookie is in use there is nothing to forge, and so no CSRF header. */
export function operationOf(route: RouteContract, transport: TokenTransport): Operation {
  const isGuarded = actsOnCookie(route, transport)
  const codes = [...codesOf(route), 'csrf'].filter(
    (code, at, all) => (isGuarded || code !== 'csrf') && all.indexOf(code) === at,
  )
  const parameters = [
    ...parametersOf(route.params, 'path'),
    ...parametersOf(route.query, 'query'),
    ...(isGuarded ? [csrfHeader] : []),
  ]
  return {
    operationId: route.name,
    summary: route.summary,
    tags: [tagOf(route.path)],
    security: securityOf(route, transport),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.body === undefined ? {} : { requestBody: requestBodyOf(route.body) }),
    responses: { [String(route.status)]: resultOf(route), ...problemResponses(route, codes) },
  }
}

const csrfHeader: Parameter = {
  name: 'X-Latchkey',
  in: 'header',
  required: true,
  description: 'Shows that the page may send headers of its own, which no form of another site can.',
  schema: { type: 'string', enum: ['1'] },
}

function securityOf({ needs }: RouteContract, transport: TokenTransport): Operation['security'] {
  const bearer = transport === 'cookie-only' ? { access: [] } : { bearer: [] }
  const spendsCookie = needs.csrf === true && transport !== 'body'
  const schemes = { ...(needs.bearer === true ? bearer : {}), ...(spendsCookie ? { cookie: [] } : {}) }
  return Object.keys(schemes).length === 0 ? [] : [schemes]
}

function parametersOf(schema: RouteContract['params'], place: 'path' | 'query'): readonly Parameter[] {
  if (schema === undefined) return []
  const { properties = {}, required = [] } = jsonSchema(schema, 'input')
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: typeof property === 'object' ? property : {},
  }))
}

const requestBodyOf = (schema: NonNullable<RouteContract['body']>): NonNullable<Operation['requestBody']> => ({
  required: !schema.safeParse(undefined).success,
  content: { 'application/json': { schema: jsonSchema(schema, 'input') } },
})

function resultOf({ output }: RouteContract): DocumentedResponse {
  if (output === null) return { description: 'Done; there is no body.' }
  return {
    description: 'The result.',
    content: { 'application/json': { schema: jsonSchema(output, 'output') } },
  }
}

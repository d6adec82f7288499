// The OpenAPI 3.1 document. Its secret: that nothing in it is written by hand but what the route table cannot say.
import type { RouteContract } from '@latchkey/engine'
import { type JsonSchema, namedSchemas } from './json-schemas.js'
import { type Operation, operationOf } from './operation.js'

/** An OpenAPI 3.1 document of the route table, as plain JSON. */
export type OpenApiDocument = {
  readonly openapi: string
  readonly info: { readonly title: string; readonly version: string; readonly description: string }
  readonly servers: readonly { readonly url: string }[]
  readonly tags: readonly { readonly name: string }[]
  /** By path (`/auth/sessions/{id}`), then by method in lower case. */
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>
    readonly securitySchemes: Readonly<Record<string, Readonly<Record<string, string>>>>
  }
}

/** Names of the cookies that hold tokens; null where the token travels elsewhere. */
type CookieNames = { readonly cookieName?: string | null; readonly accessCookieName?: string | null }

const description = `Errors are RFC 9457 problems with a stable \`code\`. \
A refresh rotates the refresh token; a spent one that comes back after its grace ends the session. \
Fields may be added to results: ignore those that you do not know.`

/**
 * The document of a route table (`engine.routes`, or `routes` of `@latchkey/engine`): every route and nothing else.
 * `cookieName` is that of the refresh cookie, null where refresh tokens travel in bodies; with `accessCookieName` the access
 * token is in a cookie too, and no bearer travels.
 */
export function openApiDocument(
  routes: readonly RouteContract[],
  { cookieName = '__Host-latchkey', accessCookieName = null }: CookieNames = {},
): OpenApiDocument {
  const transport = cookieName === null ? 'body' : accessCookieName === null ? 'cookie' : 'cookie-only'
  const paths: Record<string, Record<string, Operation>> = {}
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route, transport) }
  }
  const tags = new Set(Object.values(paths).flatMap((path) => Object.values(path).flatMap((each) => each.tags)))
  return {
    openapi: '3.1.1',
    info: { title: 'Latchkey', version: '1', description },
    servers: [{ url: '/' }],
    tags: [...tags].map((name) => ({ name })),
    paths,
    components: {
      schemas: namedSchemas(),
      securitySchemes: {
        ...(accessCookieName === null
          ? { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'The access token.' } }
          : { access: cookieScheme(accessCookieName, 'access') }),
        ...(cookieName === null ? {} : { cookie: cookieScheme(cookieName, 'refresh') }),
      },
    },
  }
}

const cookieScheme = (name: string, token: 'access' | 'refresh') => ({
  type: 'apiKey',
  in: 'cookie',
  name,
  description: `The ${token} token, in an HttpOnly cookie.`,
})

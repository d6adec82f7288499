// Any transport, its replies held against the OpenAPI document that its own server tells.
import type { OpenApiDocument } from '@latchkey/express'
import type { Received, Sent, Transport } from './transport.js'

type Operation = OpenApiDocument['paths'][string][string]

/** The transport, failing every law whose reply has a status or a code that `/openapi.json` does not know of. */
export async function documented(opening: Promise<Transport>): Promise<Transport> {
  const transport = await opening
  const { body } = await transport.send({ method: 'GET', path: '/openapi.json' })
  const { paths } = body as OpenApiDocument
  return {
    ...transport,
    send: async (sent) => {
      const reply = await transport.send(sent)
      const operation = operationFor(paths, sent)
      if (operation !== null) hold(operation, reply)
      return reply
    },
  }
}

function operationFor(paths: OpenApiDocument['paths'], { method, path }: Sent): Operation | null {
  const given = (path.split('?')[0] ?? '').split('/')
  const [, methods] =
    Object.entries(paths).find(([template]) => {
      const wanted = template.split('/')
      return wanted.length === given.length && wanted.every((part, at) => part.startsWith('{') || part === given[at])
    }) ?? []
  return methods?.[method.toLowerCase()] ?? null
}

function hold({ operationId, responses }: Operation, { status, body }: Received): void {
  const known = responses[String(status)]
  const code = status < 400 ? '' : (body as { readonly code: string }).code
  if (known?.description.includes(code) === true) return
  throw new Error(`/openapi.json knows no ${status} ${code} of ${operationId}: give its code a status there.`)
}

// The contract's zod schemas as JSON Schema 2020-12. Its secret: which of them have names, and how a name is referred to.
import {
  adminUserSchema,
  grantSchema,
  mfaRequiredSchema,
  passkeySchema,
  identitySchema,
  problemSchema,
  sessionSchema,
  userSchema,
} from '@latchkey/engine'
import { z } from 'zod'

/** A JSON Schema, as plain JSON. */
export type JsonSchema = z.core.JSONSchema.JSONSchema

/** A registry of its own: nothing is written into the host's zod. */
const names = z.registry<{ readonly id: string }>()
names.add(userSchema, { id: 'User' })
names.add(adminUserSchema, { id: 'AdminUser' })
names.add(grantSchema, { id: 'Grant' })
names.add(mfaRequiredSchema, { id: 'MfaRequired' })
names.add(passkeySchema, { id: 'Passkey' })
names.add(sessionSchema, { id: 'Session' })
names.add(identitySchema, { id: 'Identity' })
names.add(problemSchema, { id: 'Problem' })

const home = '#/components/schemas/'

/** The schema of what is sent (`input`) or of what comes back (`output`); a named one as a reference. */
export function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const id = names.get(schema)?.id
  if (id !== undefined) return { $ref: home + id }
  return asPart(z.toJSONSchema(schema, { ...settingsFor(io), metadata: names }))
}

/** The named schemas, for `components.schemas`. */
export function namedSchemas(): Record<string, JsonSchema> {
  const { schemas } = z.toJSONSchema(names, { ...settingsFor('output'), uri: (id) => home + id })
  return Object.fromEntries(Object.entries(schemas).map(([id, schema]) => [id, asPart(schema)]))
}

/** Without the marks of a document of its own. */
function asPart(schema: JsonSchema): JsonSchema {
  const { $schema: _dialect, $id: _address, $defs: _named, ...part } = schema
  return JSON.parse(JSON.stringify(part).replaceAll('"#/$defs/', `"${home}`)) as JsonSchema
}

const settingsFor = (io: 'input' | 'output') =>
  ({
    io,
    unrepresentable: 'any',
    override: ({ jsonSchema: made }: { readonly jsonSchema: JsonSchema }) => {
      // What comes back may get more fields in a later version: a client must not choke on them.
      if (io === 'output' && made.additionalProperties === false) delete made.additionalProperties
      // The format says it; the pattern of leap years says it in 300 characters.
      if (made.format === 'date-time') delete made.pattern
      // Any integer that JSON carries: no bound of the contract's.
      if (made.minimum === Number.MIN_SAFE_INTEGER) delete made.minimum
      if (made.maximum === Number.MAX_SAFE_INTEGER) delete made.maximum
    },
  }) as const

// `ROLE_PERMISSIONS` as text. Its secret: how a table of roles is written in one line.
import { z } from 'zod'

const example = '{"editor":["posts:write"],"admin":["posts:write","users:read"]}'
const name = z.string().regex(/^[\w:.*/-]{1,64}$/, 'must name roles and permissions in letters, digits and _ : . * / -')

/** What each role may do, as JSON: an object of lists. A role that is not in it may nothing (B33). */
export const rolePermissions = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text)
    } catch {
      context.addIssue(`must be JSON like ${example}`)
      return z.NEVER
    }
  })
  .pipe(z.record(name, z.array(name), `must be an object of lists like ${example}`))

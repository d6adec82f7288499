// What went wrong with a form, read out when it appears.
import type { AuthError } from '@latchkey/core'

export function Problem({ error }: { readonly error: AuthError | null }) {
  if (error === null) return null
  return (
    <p role="alert" className="wrong">
      {error.fieldErrors === undefined ? error.message : Object.values(error.fieldErrors).join(' ')}
    </p>
  )
}

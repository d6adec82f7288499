// The client of the recipes: an app's own `auth.ts`, but for the cookie jar that Node lacks.
import { createAuthClient } from '@latchkey/core'
import { backend } from './backend.js'

export const auth = createAuthClient({ baseURL: backend.url, fetch: backend.fetch, refresh: { proactive: 'never' } })

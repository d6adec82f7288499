// The one refusal of a link that came by mail: used, too old, replaced and never made are told alike.
import { invalidInput } from '../problem.js'
import type { Reply } from '../route.js'

/** 422 for a token that opens nothing. */
export const deadLink = (): Reply =>
  invalidInput({
    token: 'This link no longer works: it was used, is too old, or a newer one replaced it. Ask for another.',
  })

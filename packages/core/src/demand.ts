// What a 401 demands that no new token can give; its secret is to tell of a fresher or stronger login.
import { insufficient, isStepUp, type Challenge } from './challenge.js'
import type { Wire } from './core.js'

/** The challenge that a new token does not answer, where the response has one; an event tells of a step-up (RFC 9470 §3). */
export function demandOf(
  { emit }: Pick<Wire<never>, 'emit'>,
  response: Pick<Response, 'headers'>,
): Challenge | undefined {
  const demand = insufficient(response)
  if (isStepUp(demand)) {
    const { params } = demand
    const maxAge = Number(params.get('max_age') ?? NaN)
    emit({
      type: 'step-up-required',
      acrValues: params.get('acr_values') ?? null,
      maxAge: Number.isNaN(maxAge) ? null : maxAge,
    })
  }
  return demand
}

// One flight for all who ask for the very same thing at once. Its secret: nobody joins one that has landed.

/**
 * Runs the work of a key once for all callers that come while it is under way. Fifty tabs that show one token at once
 * cost the store one step, and no connection more (S16).
 */
export function createFlights<Result>(): (key: string, work: () => Promise<Result>) => Promise<Result> {
  const underWay = new Map<string, Promise<Result>>()
  return (key, work) => {
    const known = underWay.get(key)
    if (known !== undefined) return known
    const flight = work().finally(() => underWay.delete(key))
    underWay.set(key, flight)
    return flight
  }
}

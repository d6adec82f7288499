// Where in an answer something stands. Its secret: the names that backends give to tokens, lifetimes and users.
import { fields } from '@latchkey/core'

/** The keys that lead to a value. */
export type Place = readonly string[]
type Test = (key: string, value: unknown) => boolean

const deepest = 4

/** The first value that the test takes, nearest to the top. */
export function placeOf(json: unknown, test: Test): Place | null {
  let level: readonly { readonly at: Place; readonly value: unknown }[] = [{ at: [], value: json }]
  for (let depth = 0; depth < deepest && level.length > 0; depth++) {
    level = level.flatMap(({ at, value }) =>
      Object.entries(fields(value)).map(([key, inner]) => ({ at: [...at, key], value: inner })),
    )
    const found = level.find(({ at, value }) => test(at.at(-1) ?? '', value))
    if (found !== undefined) return found.at
  }
  return null
}

export const valueAt = (json: unknown, place: Place): unknown =>
  place.reduce<unknown>((value, key) => fields(value)[key], json)

const isText = (value: unknown): value is string => typeof value === 'string' && value.length >= 8

export const accessIn = (json: unknown): Place | null =>
  placeOf(json, (key, value) => isText(value) && /access/i.test(key)) ??
  placeOf(
    json,
    (key, value) =>
      isText(value) && /^(?:.*token|jwt|bearer|key|session)$/i.test(key) && !/refresh|csrf|type/i.test(key),
  )

export const refreshIn = (json: unknown): Place | null =>
  placeOf(json, (key, value) => isText(value) && /refresh|renew/i.test(key))

export const userIn = (json: unknown): Place | null =>
  placeOf(json, (_key, value) => ['email', 'username', 'login'].some((name) => isNamed(fields(value)[name])))

const isNamed = (value: unknown): boolean => typeof value === 'string' && value !== ''

/** The seconds that an access token lives, as code that reads them from `body` and `headers`; null where nothing tells. */
export function lifetimeIn(json: unknown): string | null {
  const at = placeOf(
    json,
    (key, value) => /expir|ttl|lifetime|max_?age/i.test(key) && !/refresh/i.test(key) && isTime(value),
  )
  if (at === null) return null
  const [value, code] = [valueAt(json, at), spelled(at)]
  const now = "Date.parse(headers.get('Date'))"
  if (typeof value === 'string') return `(Date.parse(${code}) - ${now}) / 1000`
  if (Number(value) > 1e12) return `(${code} - ${now}) / 1000`
  if (Number(value) > 1e9) return `${code} - ${now} / 1000`
  // Nothing that lives for more than four months is told in seconds.
  return Number(value) > 1e7 || /ms|milli/i.test(at.at(-1) ?? '') ? `${code} / 1000` : code
}

const isTime = (value: unknown): boolean =>
  typeof value === 'number' ? value > 0 : typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value)

/** As JavaScript spells it: `body?.data?.token`. */
export const spelled = (place: Place): string =>
  place.reduce(
    (code, key) => code + (/^[A-Za-z_$][\w$]*$/.test(key) ? `?.${key}` : `?.[${JSON.stringify(key)}]`),
    'body',
  )

// What no input may hold, whatever its schema says: its secret is what PostgreSQL and JSON choke on (S4, S5, S6).

const maxDepth = 20
const loneSurrogate = /\p{Surrogate}/u

/** Why the input must be refused before anybody reads it, or null. Walks without recursion, so depth is no danger. */
export function malformation(input: unknown): string | null {
  const waiting: { readonly value: unknown; readonly depth: number }[] = [{ value: input, depth: 0 }]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value, depth } = next
    if (depth > maxDepth) return `It is nested more than ${maxDepth} deep.`
    if (typeof value === 'string' && value.includes('\0')) return 'It holds a NUL character.'
    if (typeof value === 'string' && loneSurrogate.test(value)) return 'It holds half of a surrogate pair.'
    if (typeof value !== 'object' || value === null) continue
    for (const part of [Object.keys(value), Object.values(value)].flat())
      waiting.push({ value: part, depth: depth + 1 })
  }
  return null
}

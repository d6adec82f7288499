// What was asked of a server and what it answered, in the order of time, and what no such history may hold (J1 to J6).

/** `ok` and `fail` are the server's word; `info` is none: a reply that broke off, or a 5xx, may have been carried out or not. */
type Outcome =
  | { readonly type: 'ok'; readonly gen: number; readonly token: string }
  | { readonly type: 'fail' }
  | { readonly type: 'info' }

/** An operation; `begun` and `over` count the entries of the whole history, so they order all of them. */
type Operation = {
  readonly act: 'refresh' | 'logout'
  readonly session: string
  /** The token that was shown. */
  readonly shown: string
  readonly begun: number
  over: number
  outcome: Outcome
}

/** Records operations. One that is never told about stays `info`, and over at the end of time. */
export function createHistory() {
  const operations: Operation[] = []
  let entries = 0
  const invoke = (asked: Pick<Operation, 'act' | 'session' | 'shown'>): ((outcome: Outcome) => void) => {
    const operation: Operation = { ...asked, begun: entries++, over: Infinity, outcome: { type: 'info' } }
    operations.push(operation)
    return (outcome) => void Object.assign(operation, { over: entries++, outcome })
  }
  return { invoke, operations: operations as readonly Operation[] }
}

/** Every law that the history breaks, in words; none where it is sound. */
export function violations(operations: readonly Operation[]): readonly string[] {
  const sessions = new Set(operations.map(({ session }) => session))
  return [...sessions].flatMap((session) => violationsOf(operations.filter((each) => each.session === session)))
}

function violationsOf(operations: readonly Operation[]): readonly string[] {
  const refreshes = operations.filter(({ act }) => act === 'refresh')
  const logouts = operations.filter(({ act }) => act === 'logout')
  const given = refreshes.flatMap(({ outcome, ...asked }) => (outcome.type === 'ok' ? [{ ...asked, ...outcome }] : []))
  const asked = Math.min(...logouts.map(({ begun }) => begun))
  const ended = Math.min(...logouts.filter(({ outcome }) => outcome.type === 'ok').map(({ over }) => over))
  const refused = refreshes.filter(({ outcome, over }) => outcome.type === 'fail' && over < asked)
  const risen = given.filter(({ begun }) => begun > ended)
  const lost = given.filter(({ begun, gen }) => given.some((earlier) => earlier.over < begun && earlier.gen > gen))
  const heads = several(given.map(({ gen, token }) => [String(gen), token]))
  const successors = several(given.flatMap(({ shown, token }) => (token === shown ? [] : [[shown, token] as const])))
  return [
    ...refused.map(() => 'J2: an honest session was refused before anybody ended it'),
    ...risen.map(() => 'J3: a session that was over got a token'),
    ...lost.map(({ gen }) => `a generation after ${gen} had been handed out, and was lost`),
    ...heads.map((gen) => `J1: generation ${gen} has two tokens`),
    ...successors.map(() => 'J5: one token got two successors'),
  ]
}

/** The keys that come with more than one value. */
function several(pairs: readonly (readonly [string, string])[]): readonly string[] {
  const values = new Map<string, Set<string>>()
  for (const [key, value] of pairs) values.set(key, (values.get(key) ?? new Set()).add(value))
  return [...values].flatMap(([key, { size }]) => (size > 1 ? [key] : []))
}

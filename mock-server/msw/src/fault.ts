// Failures that a test injects: its secret is what each one does to a call, and when it is used up.
import { HttpResponse } from 'msw'

/** One failure, for the next call of a route, or the next `times` calls (`Infinity`: until it is taken back). */
export type Fault = { readonly times?: number } & (
  | {
      /** The status of a problem+json reply; the call does not reach the server side. */
      readonly status: number
      /** Seconds, sent as `Retry-After`. */
      readonly retryAfter?: number
      /** The problem's code: `rate_limited` for 429, `unavailable` for 5xx, else `fault`, where absent. */
      readonly code?: string
    }
  /** `error`: no connection. `timeout`: no answer, until the caller gives up or `reset()`. `html`: a captive portal. */
  | { readonly network: 'error' | 'timeout' | 'html' }
  /** Milliseconds before the call is answered as usual. */
  | { readonly delay: number }
  /** The server side does its work, and the reply, cookie included, never arrives. */
  | { readonly lostReply: true }
)

/** The faults that are planted and not used up. */
export type Faults = {
  /** Plants a fault behind those that wait already; the answer takes it back. */
  readonly plant: (route: string, fault: Fault) => () => void
  /** Answers a call of the route, through the next fault if one waits. */
  readonly pass: <Answer extends Response | undefined>(
    route: string,
    signal: AbortSignal,
    answer: () => Promise<Answer>,
  ) => Promise<Answer | Response>
  /** Forgets every fault and lets go of the calls that hang. */
  readonly clear: () => void
}

export function openFaults(): Faults {
  const waiting = new Map<string, { fault: Fault; left: number }[]>()
  let cleared = new AbortController()

  const next = (route: string): Fault | null => {
    const queue = waiting.get(route) ?? []
    const first = queue[0]
    if (first === undefined) return null
    first.left -= 1
    if (first.left <= 0) queue.shift()
    return first.fault
  }

  return {
    plant: (route, fault) => {
      const planted = { fault, left: checked(fault).times ?? 1 }
      waiting.set(route, [...(waiting.get(route) ?? []), planted])
      return () => {
        waiting.set(
          route,
          (waiting.get(route) ?? []).filter((other) => other !== planted),
        )
      }
    },
    pass: async (route, signal, answer) => {
      const fault = next(route)
      return fault === null ? answer() : strike(fault, AbortSignal.any([signal, cleared.signal]), answer)
    },
    clear: () => {
      waiting.clear()
      cleared.abort()
      cleared = new AbortController()
    },
  }
}

async function strike<Answer extends Response | undefined>(
  fault: Fault,
  over: AbortSignal,
  answer: () => Promise<Answer>,
): Promise<Answer | Response> {
  if ('status' in fault) return problem(fault)
  if ('delay' in fault) {
    await until(over, fault.delay)
    return answer()
  }
  if ('lostReply' in fault) await answer()
  else if (fault.network === 'timeout') await until(over)
  else if (fault.network === 'html') return HttpResponse.html('<!doctype html><title>Sign in to this Wi-Fi</title>')
  return HttpResponse.error()
}

function problem({ status, retryAfter, code }: Extract<Fault, { status: number }>): Response {
  const named = code ?? (status === 429 ? 'rate_limited' : status >= 500 ? 'unavailable' : 'fault')
  const headers = new Headers({ 'content-type': 'application/problem+json', 'cache-control': 'no-store' })
  if (retryAfter !== undefined) headers.set('retry-after', String(retryAfter))
  const body = { type: 'about:blank', title: 'A fault that a test injected', status, code: named }
  return new HttpResponse(JSON.stringify(body), { status, headers })
}

/** Settles when the signal fires, or after `ms`: with no `ms` it holds no timer, so a hung call keeps no process alive. */
function until(signal: AbortSignal, ms?: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = ms === undefined ? undefined : setTimeout(resolve, ms)
    const end = (): void => {
      clearTimeout(timer)
      resolve()
    }
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  })
}

function checked(fault: Fault): Fault {
  const kinds = ['status', 'network', 'delay', 'lostReply'].filter((kind) => kind in fault)
  if (kinds.length === 1 && (fault.times === undefined || fault.times >= 1)) return fault
  throw new TypeError(
    `mock.fault(…, ${JSON.stringify(fault)}) failed: a fault is exactly one of { status }, { network }, { delay } and ` +
      `{ lostReply: true }, and \`times\` is at least 1. Plant two faults one after the other to get both.`,
  )
}

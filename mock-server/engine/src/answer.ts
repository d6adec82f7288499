// From a call to a reply: which route, what it needs, whether its input is sound. The secret is the order of the refusals.
import type { z } from 'zod'
import { insufficientScope, invalidToken, type Principal } from './authorize.js'
import { actsOnCookie, refuseForgery } from './csrf.js'
import { invalidInput, mediaType, notFound, problem, unavailable } from './problem.js'
import type { Call, Reply } from './route.js'
import { AccountGone, StoreUnavailable } from './store.js'
import type { AnyVisit, Parts, Route } from './visit.js'
import { malformation } from './well-formed.js'
import { seenFrom } from './whereabouts.js'

/** A refusal on the way to the route, or what the route is to be given. */
type Checked<Value> = { readonly reply: Reply } | { readonly value: Value }

type Found = { readonly route: Route; readonly params: Readonly<Record<string, string>> }

/** Answers calls by the table. Every reply forbids caches, but where a route says otherwise itself (B12). */
export function createAnswer(table: readonly Route[], parts: Parts): (call: Call) => Promise<Reply> {
  const find = createFind(table)
  return async (call) => {
    const reply = await answerOrUnavailable(find, parts, call)
    return { ...reply, headers: { 'cache-control': 'no-store', ...reply.headers } }
  }
}

async function answerOrUnavailable(find: Find, parts: Parts, call: Call): Promise<Reply> {
  try {
    const found = find(call)
    if ('reply' in found) return found.reply
    const { route } = found.value
    const reply = await visit(found.value, parts, call)
    const guarded = actsOnCookie(route.contract, parts.settings.transport)
    const varies = guarded ? { vary: 'Origin, Sec-Fetch-Site' } : {}
    return { ...reply, headers: { ...varies, ...reply.headers } }
  } catch (cause) {
    if (cause instanceof StoreUnavailable) return unavailable()
    // Deleted while this call was on its way.
    if (cause instanceof AccountGone) return invalidToken('The account is gone or disabled.')
    throw cause
  }
}

async function visit({ route, params }: Found, parts: Parts, call: Call): Promise<Reply> {
  const broken = malformation([call.body, call.query, params])
  if (broken !== null) return problem(400, 'bad_request', `The request cannot be read. ${broken}`)
  const admitted = await admit(route, parts, call)
  if ('reply' in admitted) return admitted.reply
  const input = parse(route, params, call)
  if ('reply' in input) return input.reply
  return route.run({ call, parts: seenFrom(call, parts), principal: admitted.value, ...input.value })
}

type Find = (call: Pick<Call, 'method' | 'path'>) => Checked<Found>

/** Looks a path without parameters up at once; else goes through the table. A HEAD is a GET whose body the transport drops. */
function createFind(table: readonly Route[]): Find {
  const exact = new Map(table.map((route) => [`${route.contract.method} ${route.contract.path}`, route]))
  return ({ method: given, path }) => {
    const method = given.toUpperCase() === 'HEAD' ? 'GET' : given.toUpperCase()
    const direct = path.includes(':') ? undefined : exact.get(`${method} ${path}`)
    if (direct !== undefined) return { value: { route: direct, params: {} } }
    const here = table.flatMap((route) => matching(route, path))
    const found = here.find(({ route }) => route.contract.method === method)
    if (found !== undefined) return { value: found }
    if (here.length === 0) return { reply: notFound() }
    const allow = here.map(({ route }) => route.contract.method).join(', ')
    return { reply: problem(405, 'method_not_allowed', `Use ${allow} here.`, { headers: { allow } }) }
  }
}

function matching(route: Route, path: string): readonly Found[] {
  const params = matchPath(route.contract.path, path)
  return params === null ? [] : [{ route, params }]
}

function matchPath(pattern: string, path: string): Readonly<Record<string, string>> | null {
  const wanted = pattern.split('/')
  const given = path.split('/')
  if (wanted.length !== given.length) return null
  const params: [string, string][] = []
  for (const [at, part] of wanted.entries()) {
    const text = given[at] ?? ''
    if (part.startsWith(':')) params.push([part.slice(1), decoded(text)])
    else if (part !== text) return null
  }
  return Object.fromEntries(params)
}

/** A text that is no percent-encoding stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch (cause) {
    if (cause instanceof URIError) return text
    throw cause
  }
}

/** In body mode nothing rides on a cookie, so there is nothing to forge. */
async function admit({ contract }: Route, parts: Parts, call: Call): Promise<Checked<Principal | null>> {
  const { needs } = contract
  const { settings, store, authorize } = parts
  if (actsOnCookie(contract, settings.transport)) {
    const reply = refuseForgery(call.headers, settings.allowedOrigins)
    if (reply !== null) return { reply }
  }
  if (needs.bearer !== true) return { value: null }
  const recent = needs.recent === true ? { maxAge: settings.recentLogin } : {}
  // What changes how an account is entered wants a session that lives, wherever it was ended.
  const sensitive = needs.sensitive === true || needs.recent === true
  const authorized = await authorize(call.headers, { method: call.method, sensitive, ...recent })
  if ('reply' in authorized) return authorized
  if (needs.role === undefined) return { value: authorized.principal }
  // Where a role opens the door it is the account's role of now, not of the token (S46).
  const account = await store.accountById(authorized.principal.sub)
  if (account === null || !account.isActive) return { reply: invalidToken('The account is gone or disabled.') }
  return account.role === needs.role ? { value: authorized.principal } : { reply: insufficientScope() }
}

function parse(
  { contract }: Route,
  params: Found['params'],
  call: Call,
): Checked<Pick<AnyVisit, 'body' | 'params' | 'query'>> {
  const type = mediaType(call.headers)
  const bodyless = call.body === undefined && (type === null || type === '')
  if (contract.method !== 'GET' && !bodyless && type !== 'application/json') {
    return { reply: problem(415, 'unsupported_media_type', 'Send JSON, with content-type: application/json.') }
  }
  const path = contract.params?.safeParse(params)
  if (path?.success === false) return { reply: notFound() }
  const body = contract.body?.safeParse(call.body)
  if (body?.success === false) return { reply: invalidInput(messages(body.error)) }
  const query = contract.query?.safeParse(call.query)
  if (query?.success === false) return { reply: invalidInput(messages(query.error)) }
  return { value: { body: body?.data, params: path?.data, query: query?.data } }
}

/** The first message of each field; `body` stands for the whole. */
function messages({ issues }: z.ZodError): Record<string, string> {
  const pairs = issues.flatMap((issue): (readonly [string, string])[] => {
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => [key, 'This field is not known here.'])
    return [[issue.path.length === 0 ? 'body' : issue.path.join('.'), issue.message]]
  })
  return Object.fromEntries(pairs.toReversed())
}

// Writes a profile from what was seen of a backend that none of ours fits. Its secret: the least code that the client can live by.
import { fields } from '@latchkey/core'
import { lifetimeIn, placeOf, refreshIn, spelled, userIn } from './places.js'
import type { Probed } from './probe.js'

/** A module of less than 20 lines, without imports, that `--profile` takes. */
export function sketch(seen: Probed): string {
  const { login, access, scheme, me, refresh, logout, register } = seen
  const way = refresh?.way.by ?? 'access'
  const carrier = way === 'cookie' || way === 'access' ? way : 'body'
  const typed =
    login.name === 'email'
      ? 'credentials'
      : `{ ${login.name}: credentials.${login.name} ?? credentials.email, password: credentials.password }`
  const call = (method: string, path: string, more = ''): string => `({ method: '${method}', path: '${path}'${more} })`
  const [header = '', word = ''] = scheme.split(':')
  const lines = [
    `bearer: '${access === null ? 'cookie' : 'header'}'`,
    `refreshToken: '${carrier}'`,
    ...(refresh === null
      ? ['renews: false', ...(lifetimeIn(login.answer.json) === null ? ['lifetime: Infinity'] : [])]
      : []),
    ...(access !== null && scheme !== 'Authorization: Bearer'
      ? [`attach: (token) => (token === null ? {} : { '${header}': \`${`${word} `.trimStart()}\${token}\` })`]
      : []),
    ...(register === null ? [] : [`register: (json) => ${call('POST', register, ', json')}`]),
    `login: (credentials) => ${call('POST', login.path, `, ${login.form ? 'form' : 'json'}: ${typed}`)}`,
    `refresh: (token) => ${refresh === null ? call('GET', me?.path ?? login.path) : call(refresh.method, refresh.path, credential(seen))}`,
    ...(logout === null ? [] : [`logout: () => ${call(logout.method, logout.path)}`]),
    ...(me === null ? [] : [`me: () => ${call('GET', me.path)}`]),
    `readGrant: (body, headers${refresh === null ? ', presented' : ''}) => ({ ${grant(seen).join(', ')} })`,
    `readUser: (body) => ${user(seen)}`,
    `isRefused: ${refusal(seen)}`,
  ]
  return [need, 'export default {', "  name: 'mine',", ...lines.map((line) => `  ${line},`), '}'].join('\n')
}

const need = "const need = (value) => value || (() => { throw new TypeError('there is no token') })()"

function credential({ refresh }: Probed): string {
  if (refresh === null) return ''
  const { way } = refresh
  if (way.by === 'json') return `, json: { ${way.field}: token }`
  if (way.by === 'query') return `, query: { ${way.field}: token ?? '' }`
  return way.by === 'cookie' ? '' : ', bare: true, headers: { Authorization: `Bearer ${token}` }'
}

function grant({ login, access, refresh }: Probed): readonly string[] {
  const told =
    access === 'header'
      ? "headers.get('Authorization')?.replace(/^\\w+ /, '')"
      : access === null
        ? null
        : spelled(access)
  const kept = refreshIn(login.answer.json)
  const lifetime = lifetimeIn(login.answer.json)
  const inBody = refresh !== null && !['cookie', 'access'].includes(refresh.way.by) && kept !== null
  const who = userIn({ body: login.answer.json })
  return [
    `accessToken: ${told === null ? 'null' : `need(${told}${refresh === null ? ' ?? presented' : ''})`}`,
    ...(inBody ? [`refreshToken: ${spelled(kept)}`] : []),
    ...(lifetime === null ? [] : [`expiresIn: ${lifetime}`]),
    ...(who === null ? (access === null ? ['user: null'] : []) : [`user: ${spelled(who.slice(1))}`]),
  ]
}

/** What `me` answers can be wrapped, and what comes with a login is wrapped otherwise. */
function user({ me, login }: Probed): string {
  const inMe = me === null ? null : userIn({ body: me.answer.json })
  const inLogin = userIn({ body: login.answer.json })
  const path = inMe?.slice(1) ?? []
  return inLogin === null || path.length === 0 ? spelled(path) : `${spelled(path)} ?? body`
}

/** By the backend’s own word where it has one: a status alone would let a proxy sign everybody out. */
function refusal({ refresh, me }: Probed): string {
  const answer = refresh?.refusal
  if (answer === undefined) return `(status, body) => status === 401${me === null ? '' : ' && body !== undefined'}`
  const code = placeOf(
    answer.json,
    (key, value) => /code|error|type/i.test(key) && typeof value === 'string' && /^[\w.-]+$/.test(value),
  )
  const [any] = Object.keys(fields(answer.json))
  const word =
    code === null
      ? any === undefined
        ? ''
        : ` && ${spelled([any])} !== undefined`
      : ` && ${spelled(code)} !== undefined`
  return `(status, body) => status === ${answer.status}${word}`
}

// What --suggest writes for a backend that nobody has seen: it has to be short, and the kit has to pass with it.
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { runCommand } from '../src/command.js'
import { openUnknown, type Heard, type Spelling } from './unknown-server.js'

const bearer =
  (scheme: string) =>
  ({ headers }: Heard): string =>
    headers.authorization?.startsWith(`${scheme} `) ? headers.authorization.slice(scheme.length + 1) : ''
const cookie = (name: string, token: string): string =>
  `${name}=${token}; Path=/; HttpOnly; SameSite=Strict; Max-Age=3600`
const inTenMinutes = (): string => new Date(Date.now() + 600_000).toISOString()

const shapes: readonly (readonly [name: string, spelling: Spelling, writes: readonly string[]])[] = [
  [
    'deep in an envelope, an ISO moment, and the refresh token in a query of a PUT',
    {
      register: 'POST /v1/signup',
      login: 'POST /v1/sign-in',
      name: 'login',
      refresh: 'PUT /v1/renew',
      me: 'GET /v1/whoami',
      presented: ({ query }) => query.get('renewal'),
      bearer: bearer('Bearer'),
      grant: (jwt, renewal) => ({
        status: 200,
        body: { ok: true, data: { auth: { jwt, renewal, expiresAt: inTenMinutes() } } },
      }),
      user: (user) => ({ data: user }),
      no: { ok: false, error: 'session_over' },
    },
    [
      'body?.data?.auth?.jwt',
      "query: { renewal: token ?? '' }",
      'Date.parse(body?.data?.auth?.expiresAt)',
      'body?.error',
    ],
  ],
  [
    'a form, another scheme, milliseconds, and the refresh token in a cookie',
    {
      register: 'POST /account/register',
      login: 'POST /account/signin',
      name: 'username',
      form: true,
      refresh: 'POST /account/refresh',
      me: 'GET /account/profile',
      logout: 'POST /account/signout',
      presented: (heard) => heard.cookie('rt'),
      bearer: bearer('Token'),
      grant: (key, rt, user) => ({
        status: 200,
        body: { key, lifetime_ms: 600_000, person: user },
        headers: { 'Set-Cookie': cookie('rt', rt) },
      }),
      user: (user) => user,
      no: { problem: 'nobody' },
    },
    ["refreshToken: 'cookie'", 'form: {', '`Token ${token}`', 'body?.lifetime_ms / 1000'],
  ],
  [
    'the token in a header of the answer, the user wrapped, and a refresh token that goes as a bearer',
    {
      register: 'POST /api/v1/users',
      login: 'POST /api/v1/sessions',
      name: 'email',
      refresh: 'POST /api/v1/sessions/refresh',
      me: 'GET /api/v1/me',
      logout: 'DELETE /api/v1/sessions',
      presented: bearer('Bearer'),
      bearer: bearer('Bearer'),
      grant: (access, refreshToken) => ({
        status: 201,
        body: { refreshToken, ttl: 600 },
        headers: { Authorization: `Bearer ${access}` },
      }),
      user: (user) => ({ user }),
      no: { code: 'E_TOKEN' },
    },
    [
      "headers.get('Authorization')",
      'headers: { Authorization: `Bearer ${token}` }',
      'expiresIn: body?.ttl',
      'body?.user',
    ],
  ],
  [
    'both tokens in cookies',
    {
      register: 'POST /auth/sign_up',
      login: 'POST /auth/sign_in',
      name: 'email',
      refresh: 'POST /auth/renew',
      me: 'GET /auth/me',
      logout: 'DELETE /auth/sign_out',
      presented: (heard) => heard.cookie('renewal'),
      bearer: (heard) => heard.cookie('pass'),
      grant: (access, renewal) => ({
        status: 200,
        body: { welcome: true },
        headers: { 'Set-Cookie': [cookie('pass', access), cookie('renewal', renewal)] },
      }),
      user: (user) => user,
      no: { error: 'login_required' },
    },
    ["bearer: 'cookie'", "refreshToken: 'cookie'", 'accessToken: null'],
  ],
  [
    'a token and no refresh',
    {
      register: 'POST /user/register',
      login: 'POST /user/authenticate',
      name: 'username',
      refresh: null,
      me: 'GET /user/account',
      presented: () => null,
      bearer: ({ headers }) => headers['x-auth-token'],
      grant: (token) => ({ status: 200, body: { result: { token } } }),
      user: (user) => user,
      no: { message: 'Who are you?' },
    },
    ['renews: false', 'lifetime: Infinity', "'X-Auth-Token'"],
  ],
]

it.each(shapes)(
  'writes a profile of less than 20 lines that the kit passes with: %s',
  async (_name, spelling, writes) => {
    const url = await openUnknown(spelling)
    const suggested = await ran([url, '--suggest', '--attempts', '0'])
    expect(suggested.exit).toBe(0)
    const [profile = ''] = /const need[\s\S]*?\n}\n/.exec(suggested.out) ?? []
    expect(profile.trim().split('\n').length).toBeLessThan(20)
    for (const part of writes) expect(profile).toContain(part)
    const file = join(await mkdtemp(join(tmpdir(), 'suggested-')), 'profile.mjs')
    await writeFile(file, profile)
    const checked = await ran([
      url,
      '--profile',
      file,
      '--field',
      'login=x',
      '--only',
      'login,bearer,rotation,refresh-refused',
      '--json',
    ])
    expect(checked).toMatchObject({ exit: 0, err: '' })
    expect(checked.out).not.toContain('Could not be tried')
  },
)

async function ran(
  args: readonly string[],
): Promise<{ readonly exit: number; readonly out: string; readonly err: string }> {
  let [out, err] = ['', '']
  const exit = await runCommand(args, {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    env: {},
    isTerminal: false,
  })
  return { exit, out, err }
}

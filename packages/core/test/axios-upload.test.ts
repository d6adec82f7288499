// Uploads that tell of their progress, over real HTTP: what `auth.fetch` cannot send, and what must hold all the same.
import { create, isAxiosError, isCancel, type AxiosInstance } from 'axios'
import { inspect } from 'node:util'
import { beforeEach, describe, expect, it } from 'vitest'
import { attachToAxios } from '../src/axios.js'
import {
  createAuthClient,
  isAuthError,
  latchkey,
  type AuthClient,
  type LatchkeyUser,
  type Profile,
} from '../src/index.js'
import { apiServer, sendJson, type ApiServer } from './api-server.js'
import { jwt, userOf } from './backend.js'
import { credentials } from './open-client.js'

type World = {
  readonly auth: AuthClient
  readonly api: AxiosInstance
  readonly server: ApiServer
  readonly token: () => string
  readonly spoil: () => void
}

let server: ApiServer
let stranger: ApiServer
beforeEach(async () => {
  server = await apiServer()
  stranger = await apiServer()
})

async function open(
  options: { readonly origins?: readonly string[]; readonly profile?: Profile<LatchkeyUser> } = {},
): Promise<World> {
  let valid = ''
  let grants = 0
  server.answer = ({ url, headers }, response) => {
    if (url.startsWith('/auth/logout')) return sendJson(response, 200, {})
    if (url.startsWith('/auth/')) {
      const iat = Math.floor(Date.now() / 1000)
      valid = jwt({ sub: 'user-ada', sid: 's', gen: ++grants, iat, exp: iat + 600 })
      return sendJson(response, 200, {
        access_token: valid,
        expires_in: 600,
        user: userOf('ada'),
        sid: 's',
        gen: grants,
      })
    }
    const isIn = headers.authorization === `Bearer ${valid}`
    return sendJson(response, isIn ? 200 : 401, { ok: isIn }, { 'WWW-Authenticate': 'Bearer error="invalid_token"' })
  }
  const auth = createAuthClient({
    baseURL: server.origin,
    refresh: { proactive: 'never' },
    ...options,
    ...(options.origins !== undefined && { origins: [server.origin, ...options.origins] }),
  })
  await auth.login(credentials)
  const api = create({ baseURL: server.origin })
  attachToAxios(api, auth)
  return { auth, api, server, token: () => valid, spoil: () => (valid = 'revoked on the server') }
}
const big = 'x'.repeat(3_000_000)
const uploads = (to = server) => to.hits.filter(({ url }) => url === '/files')
const refreshes = () => server.hits.filter(({ url }) => url === '/auth/refresh').length

describe('axios, an upload that tells of its progress', () => {
  it('C13 C14 is refreshed and replayed once after a 401, with the whole body', async () => {
    const { api, spoil, token } = await open()
    spoil()
    const told: number[] = []
    const { status } = await api.post('/files', big, { onUploadProgress: ({ loaded }) => void told.push(loaded) })
    expect(status).toBe(200)
    expect(uploads().map(({ body }) => body.length)).toEqual([big.length, big.length])
    expect(uploads()[1]?.headers.authorization).toBe(`Bearer ${token()}`)
    expect(refreshes()).toBe(1)
    expect(told.at(-1)).toBe(big.length)
  })

  it('ten at once that meet a 401 share one refresh', async () => {
    const { api, spoil } = await open()
    spoil()
    const onUploadProgress = (): void => {}
    const all = await Promise.all(Array.from({ length: 10 }, () => api.post('/files', 'x', { onUploadProgress })))
    expect(all.map(({ status }) => status)).toEqual(Array(10).fill(200))
    expect(refreshes()).toBe(1)
  })

  it('F38 C3 a third party gets no bearer, and a listed origin does', async () => {
    const { api } = await open()
    const onUploadProgress = (): void => {}
    await api.post(`${stranger.origin}/files`, 'x', { onUploadProgress })
    expect(uploads(stranger)[0]?.headers.authorization).toBeUndefined()
    const listed = await open({ origins: [stranger.origin] })
    await listed.api.post(`${stranger.origin}/files`, 'x', { onUploadProgress })
    expect(uploads(stranger)[1]?.headers.authorization).toBe(`Bearer ${listed.token()}`)
  })

  it('C3 a redirect to a third party takes no bearer along, and its 401 costs no refresh', async () => {
    const { api, server: own } = await open()
    stranger.answer = (_hit, response) => sendJson(response, 401, {})
    const answer = own.answer
    own.answer = (hit, response) =>
      hit.url === '/files'
        ? sendJson(response, 307, {}, { Location: `${stranger.origin}/files` })
        : answer(hit, response)
    await api.post('/files', 'x', { onUploadProgress() {} }).catch(() => {})
    expect(uploads(stranger).map(({ headers }) => headers.authorization)).toEqual([undefined])
    expect(refreshes()).toBe(0)
  })

  it('the profile’s own scheme bears the token, as in every other call', async () => {
    const attach = (token: string | null): Record<string, string> => (token === null ? {} : { 'X-Token': token })
    const { api, token } = await open({ profile: { ...latchkey(), attach } })
    await api.post('/files', 'x', { onUploadProgress() {} }).catch(() => {})
    expect(uploads().at(-1)?.headers['x-token']).toBe(token())
  })

  it('an Authorization of the app’s own stays as it is', async () => {
    const { api } = await open()
    const headers = { Authorization: 'Basic YTpi' }
    await api.post('/files', 'x', { headers, onUploadProgress() {} }).catch(() => {})
    expect(uploads().map(({ headers: sent }) => sent.authorization)).toEqual(['Basic YTpi'])
    expect(refreshes()).toBe(0)
  })

  it('C27 no token is in the answer, nor in the error', async () => {
    const { api, token, auth } = await open()
    const onUploadProgress = (): void => {}
    const response = await api.post('/files', 'x', { onUploadProgress })
    expect(inspect(response, { depth: 9 })).not.toContain(token())
    const held = (await auth.getAccessToken()) ?? ''
    server.answer = (_hit, answer) => sendJson(answer, 500, {})
    const error: unknown = await api.post('/files', 'x', { onUploadProgress }).catch((failure: unknown) => failure)
    expect(isAxiosError(error)).toBe(true)
    expect(inspect(error, { depth: 9 })).not.toContain(held)
  })

  it('F54 a caller’s abort ends it', async () => {
    const { api } = await open()
    const abort = new AbortController()
    const onUploadProgress = (): void => abort.abort()
    const error: unknown = await api
      .post('/files', big, { signal: abort.signal, onUploadProgress })
      .catch((e: unknown) => e)
    expect(isCancel(error)).toBe(true)
  })

  it('after a logout it goes out without a token, and its 401 is the app’s', async () => {
    const { api, auth } = await open()
    await auth.logout()
    const error: unknown = await api.post('/files', 'x', { onUploadProgress() {} }).catch((e: unknown) => e)
    expect(isAxiosError(error) && error.response?.status).toBe(401)
    expect(uploads().map(({ headers }) => headers.authorization)).toEqual([undefined])
  })

  it('a stream is sent once: its 401 says so', async () => {
    const { api, spoil } = await open()
    spoil()
    const { Readable } = await import('node:stream')
    const send = api.post('/files', Readable.from(['a', 'b']), { onUploadProgress() {} })
    const error: unknown = await send.catch((e: unknown) => e)
    expect(isAuthError(error, 'not_replayable')).toBe(true)
  })
})

describe('axios, beside the app’s own interceptors', () => {
  it('F57 they see the last answer only, once, with and without progress', async () => {
    const { api, spoil } = await open()
    const seen: number[] = []
    api.interceptors.response.use(
      (response) => {
        seen.push(response.status)
        return response
      },
      (error: unknown) => {
        seen.push((isAxiosError(error) && error.response?.status) || 0)
        throw error
      },
    )
    spoil()
    await api.post('/files', 'x')
    spoil()
    await api.post('/files', 'x', { onUploadProgress() {} })
    expect(seen).toEqual([200, 200])
    expect(uploads().length).toBe(4)
  })

  it('one that sends again after a 401 costs no second refresh', async () => {
    const { api, server: own, spoil } = await open()
    spoil()
    const answer = own.answer
    own.answer = (hit, response) => (hit.url === '/files' ? sendJson(response, 401, {}) : answer(hit, response))
    let again = 0
    api.interceptors.response.use(undefined, (error: unknown) => {
      if (isAxiosError(error) && error.config !== undefined && again++ === 0) return api.request(error.config)
      throw error
    })
    const error: unknown = await api.post('/files', 'x').catch((e: unknown) => e)
    expect(isAxiosError(error) && error.response?.status).toBe(401)
    expect(refreshes()).toBe(1)
    expect(uploads().length).toBe(3)
  })

  it('attaching twice sends once', async () => {
    const { api, auth } = await open()
    attachToAxios(api, auth)
    await api.post('/files', 'x')
    await api.post('/files', 'x', { onUploadProgress() {} })
    expect(uploads().length).toBe(2)
  })
})

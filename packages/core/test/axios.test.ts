import axios, { AxiosError, create, isCancel, type AxiosInstance } from 'axios'
import { afterEach, describe, expect, it } from 'vitest'
import { attachToAxios } from '../src/axios.js'
import { isAuthError } from '../src/index.js'
import { problem } from './backend.js'
import { settle } from './manual-clock.js'
import { credentials, openClient, type Opened } from './open-client.js'

const opened: Opened[] = []
const attached = async (): Promise<Opened & { readonly api: AxiosInstance }> => {
  const own = openClient()
  opened.push(own)
  await own.auth.login(credentials)
  const api = create({ baseURL: 'https://api.test' })
  attachToAxios(api, own.auth)
  return { ...own, api }
}
afterEach(() => opened.splice(0).forEach(({ auth }) => auth.dispose()))
const rejection = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (error: unknown) => error,
  )

describe('axios on auth.fetch', () => {
  it('bears the token', async () => {
    const { api, backend } = await attached()
    expect((await api.get('/projects')).data).toEqual({ path: '/projects', body: '' })
    expect(backend.sent.at(-1)?.authorization).toBe(`Bearer ${backend.token()}`)
  })
  it('keeps the rest of the instance’s environment', async () => {
    const { api } = await attached()
    expect(Object.keys(api.defaults.env ?? {})).toEqual([...Object.keys(axios.defaults.env ?? {}), 'fetch'])
  })
  it('leaves other instances and the global one alone', async () => {
    await attached()
    expect([axios.defaults.env, create().defaults.env].some((env) => env?.fetch !== undefined)).toBe(false)
  })
  it('F38 C3 a third party gets no bearer, by absolute URL or by baseURL', async () => {
    const { api, backend } = await attached()
    await rejection(api.get('https://evil.test/projects'))
    await rejection(api.get('/projects', { baseURL: 'https://evil.test' }))
    expect(backend.sent.slice(1).map(({ authorization }) => authorization)).toEqual([null, null])
  })
  it('C13 C14 a 401 is refreshed and replayed once, with the whole body', async () => {
    const { api, backend } = await attached()
    const form = new FormData()
    form.set('a', 'content')
    for (const data of [{ a: 'content' }, 'content', new URLSearchParams({ a: 'content' }), form]) {
      backend.expire()
      const before = backend.sent.length
      expect((await api.post('/projects', data)).status).toBe(200)
      const sent = backend.sent.slice(before).filter(({ path }) => path === '/projects')
      expect(sent.map(({ body }) => body.includes('content'))).toEqual([true, true])
    }
    expect(backend.count('/auth/refresh')).toBe(4)
  })
  it('fifty requests that meet a 401 at once share one refresh', async () => {
    const { api, backend } = await attached()
    backend.expire()
    const all = await Promise.all(Array.from({ length: 50 }, async () => api.get('/projects')))
    expect(all.map(({ status }) => status)).toEqual(Array(50).fill(200))
    expect(backend.count('/auth/refresh')).toBe(1)
  })
  it('F57 an API that always answers 401 is an AxiosError of 401, after two sends', async () => {
    const { api, backend } = await attached()
    backend.answer('/projects', () => problem(401, 'invalid_token'))
    const error = await rejection(api.get('/projects'))
    expect(error).toBeInstanceOf(AxiosError)
    expect((error as AxiosError).response?.status).toBe(401)
    expect([backend.count('/projects'), backend.count('/auth/refresh')]).toEqual([2, 1])
  })
  it('F59 a 403 never refreshes', async () => {
    const { api, backend } = await attached()
    backend.answer('/projects', () => problem(403, 'forbidden'))
    expect((await rejection(api.get('/projects'))) as AxiosError).toMatchObject({ response: { status: 403 } })
    expect(backend.count('/auth/refresh')).toBe(0)
  })
  it('what auth.fetch throws is still known by its code', async () => {
    const { api, backend } = await attached()
    backend.expire()
    backend.answer('/auth/refresh', () => problem(503, 'x'))
    const error = await rejection(api.get('/projects'))
    expect(isAuthError(error, 'unreachable')).toBe(true)
    expect(isAuthError((error as Error).cause, 'unreachable')).toBe(true)
  })
  it('F54 a caller’s abort rejects at once, and the refresh goes on for the others', async () => {
    const { api, backend } = await attached()
    backend.expire()
    let grant: () => void = () => {}
    const granted = new Promise<void>((resolve) => (grant = resolve))
    const own = backend.fetch
    backend.answer('/auth/refresh', async () => {
      await granted
      backend.answer('/auth/refresh', null)
      return own('https://api.test/auth/refresh', { method: 'POST' })
    })
    const abort = new AbortController()
    const [gone, stays] = [rejection(api.get('/projects', { signal: abort.signal })), api.get('/projects')]
    await settle()
    abort.abort()
    expect(isCancel(await gone)).toBe(true)
    grant()
    expect((await stays).status).toBe(200)
  })
})

// Routes for machines: the public keys, and whether the server side lives and can work.
import { z } from 'zod'
import { result } from '../problem.js'
import { route } from '../visit.js'

export const jwks = route(
  {
    name: 'jwks',
    method: 'GET',
    path: '/.well-known/jwks.json',
    summary: 'The public keys of access tokens.',
    status: 200,
    output: z.object({
      keys: z.array(
        z.object({ kty: z.string(), kid: z.string(), alg: z.string(), use: z.string() }).catchall(z.string()),
      ),
    }),
    codes: [],
    limit: 'none',
    needs: {},
  },
  async ({ parts }) => {
    const reply = result(200, (await parts.keys).jwks)
    return { ...reply, headers: { ...reply.headers, 'cache-control': 'public, max-age=300' } }
  },
)

export const healthz = route(
  {
    name: 'healthz',
    method: 'GET',
    path: '/healthz',
    summary: 'Answers while the process lives.',
    status: 200,
    output: z.object({ status: z.literal('ok') }),
    codes: [],
    limit: 'none',
    needs: {},
  },
  async () => result(200, { status: 'ok' }),
)

export const readyz = route(
  {
    name: 'readyz',
    method: 'GET',
    path: '/readyz',
    summary: 'Answers while the store does.',
    status: 200,
    output: z.object({ status: z.literal('ready') }),
    codes: ['unavailable'],
    limit: 'none',
    needs: {},
  },
  async ({ parts }) => {
    await parts.keys
    await parts.store.ping()
    return result(200, { status: 'ready' })
  },
)

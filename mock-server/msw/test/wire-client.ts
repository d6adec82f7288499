// The least client that the tests need: the auth routes by name, over any fetch.

/** Answers of the auth routes, as a page would ask for them. */
export function wireClient(fetch: typeof globalThis.fetch, origin: string) {
  const ask = (
    method: string,
    path: string,
    init: { body?: unknown; token?: string; credentials?: RequestCredentials } = {},
  ) =>
    fetch(origin + path, {
      method,
      credentials: init.credentials ?? 'include',
      headers: {
        'x-latchkey': '1',
        ...(init.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(init.token === undefined ? {} : { authorization: `Bearer ${init.token}` }),
      },
      body: init.body === undefined ? null : JSON.stringify(init.body),
    })
  const login = async (email: string = ada.email, password: string = ada.password): Promise<Grant> => {
    const reply = await ask('POST', '/auth/login', { body: { email, password } })
    return (await reply.json()) as Grant
  }
  return {
    ask,
    login,
    refresh: () => ask('POST', '/auth/refresh'),
    me: (token: string) => ask('GET', '/auth/me', { token }),
  }
}

export type Grant = {
  readonly access_token: string
  readonly sid: string
  readonly gen: number
  readonly user: { readonly email: string; readonly role: string }
}

export const ada = { email: 'ada@example.com', password: 'a', role: 'admin' } as const
export const bob = { email: 'bob@example.com', password: 'b' } as const

export async function codeOf(reply: Response): Promise<string> {
  return ((await reply.json()) as { code: string }).code
}

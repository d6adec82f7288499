// axios on top of `auth.fetch`; its secret is that axios can send through any fetch.
import type { AxiosInstance } from 'axios'
import type { AuthClient } from './index.js'

/** Lets an axios instance send through the client: token, origin fence, one replay after a 401. Needs axios 1.12. */
export function attachToAxios(instance: AxiosInstance, auth: Pick<AuthClient<never>, 'fetch'>): void {
  instance.defaults.adapter = 'fetch'
  instance.defaults.env = { ...instance.defaults.env, fetch: auth.fetch }
}

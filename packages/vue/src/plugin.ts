// How a client reaches the components of an app; its secret is the injection key.
import { AuthError } from '@latchkey/core'
import { inject, type InjectionKey, type Plugin } from 'vue'
import { createCan } from './can.js'
import type { RegisteredClient } from './register.js'

const clientKey: InjectionKey<RegisteredClient> = Symbol('latchkey')

/**
 * A plugin that gives the client to the composables and gates of an app, and to `v-can`: `app.use(createLatchkey(client))`.
 * It fetches nothing: call `client.restore()` once, where the client is made. It disposes nothing either.
 * Where the client's user is not `LatchkeyUser`, name that in `Register`.
 */
export function createLatchkey(client: RegisteredClient): Plugin {
  return { install: (app) => void app.provide(clientKey, client).directive('can', createCan(client)) }
}

/**
 * The app's client.
 * @throws AuthError `misconfigured` in an app without `createLatchkey`.
 */
export function useAuthClient(): RegisteredClient {
  const client = inject(clientKey, null)
  if (client === null) {
    throw new AuthError(
      'misconfigured',
      'A Latchkey composable or gate found no client: install it with app.use(createLatchkey(client)).',
    )
  }
  return client
}

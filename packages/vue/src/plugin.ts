// The plugin: what an app gets by installing a client.
import type { Session } from '@latchkey/core'
import type { Plugin } from 'vue'
import { bindingKey, createBinding, useBinding } from './binding.js'
import { createCan } from './can.js'
import type { RegisteredClient, RegisteredUser } from './register.js'

/** What `createLatchkey` takes beside the client. */
export type LatchkeyOptions = {
  /**
   * Where a framework's server knows who asks: shown by the server and by the first render of the browser, and until
   * the client knows better.
   */
  readonly initialSession?: Session<RegisteredUser> | undefined
}

/**
 * A plugin that gives the client to the composables and gates of an app, and to `v-can`: `app.use(createLatchkey(client))`.
 * It fetches nothing: call `client.restore()` once, where the client is made. It disposes nothing either.
 * Where the client's user is not `LatchkeyUser`, name that in `Register`.
 */
export function createLatchkey(client: RegisteredClient, { initialSession }: LatchkeyOptions = {}): Plugin {
  const binding = createBinding(client, initialSession)
  return { install: (app) => void app.provide(bindingKey, binding).directive('can', createCan(binding)) }
}

/**
 * The app's client.
 * @throws AuthError `misconfigured` in an app without `createLatchkey`.
 */
export function useAuthClient(): RegisteredClient {
  return useBinding().client
}

// Routes of an account's passkeys: another one, the list, their names, and away with one. The secret is that foreign ids are unknown ids (B34).
import { z } from 'zod'
import { invalidInput, notFound, result } from '../problem.js'
import { route } from '../visit.js'
import { creationOptionsSchema, passkeyNameInput, passkeySchema, registrationInput, toPasskey } from '../wire.js'
import { ownerOf, refusedSince } from './owner.js'

const idParams = z.object({ id: z.string().min(1).max(64) })

export const invitePasskey = route(
  {
    name: 'invitePasskey',
    method: 'POST',
    path: '/auth/passkeys/register/options',
    summary: 'What `navigator.credentials.create` is asked for a new passkey; good once, for five minutes.',
    status: 200,
    output: creationOptionsSchema,
    codes: ['invalid_token', 'step_up_required'],
    limit: 'credential',
    needs: { bearer: true, recent: true },
  },
  async ({ principal, parts }) => {
    const owner = await ownerOf(principal, parts)
    if ('reply' in owner) return owner.reply
    return result(200, await parts.passkeys.invite(owner.account))
  },
)

export const registerPasskey = route(
  {
    name: 'registerPasskey',
    method: 'POST',
    path: '/auth/passkeys/register',
    summary: 'Adds the passkey that the browser made.',
    body: z.strictObject({ name: passkeyNameInput, passkey: registrationInput }),
    status: 201,
    output: passkeySchema,
    codes: ['invalid_token', 'invalid_input', 'step_up_required'],
    limit: 'credential',
    needs: { bearer: true, recent: true },
  },
  async ({ call, principal, body, parts }) => {
    const owner = await ownerOf(principal, parts)
    if ('reply' in owner) return owner.reply
    const passkey = await parts.passkeys.register(owner.account, body.passkey, body.name)
    if (passkey === null)
      return invalidInput({ passkey: 'It answers no living question of ours, or is known already.' })
    const refused = await refusedSince(call, parts)
    if (refused !== null) {
      await parts.store.removePasskey(principal.sub, passkey.id)
      return refused
    }
    parts.tell('passkey_added', principal.sub, principal.sid)
    parts.postbox.factorChanged(owner.account, 'passkey-added')
    return result(201, toPasskey(passkey))
  },
)

export const passkeys = route(
  {
    name: 'passkeys',
    method: 'GET',
    path: '/auth/passkeys',
    summary: 'The passkeys of the account, oldest first.',
    status: 200,
    output: z.object({ passkeys: z.array(passkeySchema) }),
    codes: ['invalid_token'],
    limit: 'session',
    needs: { bearer: true },
  },
  async ({ principal, parts }) =>
    result(200, { passkeys: (await parts.store.passkeysOf(principal.sub)).map(toPasskey) }),
)

export const renamePasskey = route(
  {
    name: 'renamePasskey',
    method: 'PATCH',
    path: '/auth/passkeys/:id',
    summary: 'Gives a passkey another name.',
    params: idParams,
    body: z.strictObject({ name: passkeyNameInput }),
    status: 200,
    output: passkeySchema,
    codes: ['invalid_token', 'invalid_input', 'not_found'],
    limit: 'session',
    needs: { bearer: true },
  },
  async ({ principal, params, body, parts }) => {
    const passkey = await parts.store.renamePasskey(principal.sub, params.id, body.name)
    return passkey === null ? notFound() : result(200, toPasskey(passkey))
  },
)

export const removePasskey = route(
  {
    name: 'removePasskey',
    method: 'DELETE',
    path: '/auth/passkeys/:id',
    summary: 'Removes a passkey: it signs nobody in any more.',
    params: idParams,
    status: 204,
    output: null,
    codes: ['invalid_token', 'step_up_required', 'not_found'],
    limit: 'session',
    needs: { bearer: true, recent: true },
  },
  async ({ principal, params, parts }) => {
    const owner = await ownerOf(principal, parts)
    if ('reply' in owner) return owner.reply
    if (!(await parts.store.removePasskey(principal.sub, params.id))) return notFound()
    parts.tell('passkey_removed', principal.sub, principal.sid)
    parts.postbox.factorChanged(owner.account, 'passkey-removed')
    return result(204)
  },
)

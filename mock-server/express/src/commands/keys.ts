// `latchkey-server keys …` and `secrets`. Its secret: where the present keys are, and which line of the configuration is printed.
import { parseDatabaseUrl, secretsFolder } from '../database-url.js'
import { makeKeys, type Rotated, rotateKeys } from '../key-ring.js'
import { changeKeys, makeSecrets } from '../secrets.js'
import { signingKeys } from '../signing-keys.js'

const line = (keys: readonly JsonWebKey[]): string => `JWT_PRIVATE_KEYS='${JSON.stringify({ keys })}'`

/** Fresh keys, as a line of the configuration. */
export const generateKeys = (): string => line(makeKeys())

/** Fresh keys and a fresh pepper, as lines of the configuration. */
export function generateSecrets(): string {
  const { keys, pepper } = makeSecrets()
  return `${line(keys)}\nREFRESH_TOKEN_PEPPER=${pepper}`
}

/**
 * The keys of `JWT_PRIVATE_KEYS` after a rotation, as a line of the configuration; those of a development server are
 * rotated where they rest. `note` is for the person at the terminal.
 */
export async function rotate(env: Readonly<Record<string, string | undefined>>): Promise<{
  readonly line: string | null
  readonly note: string
}> {
  const given = env['JWT_PRIVATE_KEYS']?.trim() ?? ''
  if (given !== '') {
    const parsed = signingKeys.safeParse(given)
    if (!parsed.success) throw new Error(`JWT_PRIVATE_KEYS ${parsed.error.issues[0]?.message ?? 'is no good'}.`)
    const rotated = rotateKeys(parsed.data)
    return { line: line(rotated.keys), note: noteOf(rotated, 'Deploy this set to every server, one by one.') }
  }
  const address = parseDatabaseUrl(env['DATABASE_URL']?.trim() || 'pglite:.latchkey/db')
  const folder = address === null ? null : secretsFolder(address)
  if (folder === null) throw new Error('There are no keys to rotate: set JWT_PRIVATE_KEYS to the present ones.')
  const rotated = await changeKeys(folder, rotateKeys)
  return { line: null, note: noteOf(rotated, 'Restart the server.') }
}

const noteOf = ({ signsAnew }: Rotated, act: string): string =>
  signsAnew
    ? `The next key signs from now on; the one before stays published. ${act}`
    : `No next key was published yet; now one is, and the same key signs as before. ${act} Rotate again when all have it for 10 minutes.`

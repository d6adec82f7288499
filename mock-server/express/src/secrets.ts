// Keys and pepper of a development server. Its secret: where they rest, so that a restart signs nobody out.
import { randomBytes, randomUUID } from 'node:crypto'
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { makeKeys, type Rotated } from './key-ring.js'

/** What signs access tokens (the first key) and derives refresh tokens. */
export type Secrets = { readonly keys: readonly JsonWebKey[]; readonly pepper: string }

const stored = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text)
    } catch {
      context.addIssue('is not JSON')
      return z.NEVER
    }
  })
  .pipe(
    z.object({
      keys: z
        .array(z.looseObject({ kty: z.string(), d: z.string().optional() }))
        .refine(([signer]) => signer?.d !== undefined)
        .transform((keys) => keys as readonly JsonWebKey[]),
      pepper: z.string().min(32),
    }),
  )

/** Fresh ones: two ES256 keys, the second to be next, and 256 random bits. */
export const makeSecrets = (): Secrets => ({ keys: makeKeys(), pepper: randomBytes(32).toString('base64url') })

/**
 * The secrets in a folder, made at the first start, readable by their owner only and ignored by git.
 * Processes that start together agree: the first file that is there wins.
 */
export async function keepSecrets(folder: string): Promise<Secrets> {
  const path = join(folder, 'secrets.json')
  const known = await readSecrets(path)
  if (known !== null) return known
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await writeFile(join(folder, '.gitignore'), '*\n')
  const draft = `${path}.${randomUUID()}`
  await writeFile(draft, JSON.stringify(makeSecrets()), { mode: 0o600 })
  try {
    await link(draft, path)
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error
  } finally {
    await rm(draft)
  }
  const agreed = await readSecrets(path)
  if (agreed === null) throw new Error(`${path} disappeared while it was being made. Start again.`)
  return agreed
}

/** Replaces the keys in a folder by what `change` makes of them, all or nothing. */
export async function changeKeys(folder: string, change: (keys: Secrets['keys']) => Rotated): Promise<Rotated> {
  const { keys, pepper } = await keepSecrets(folder)
  const rotated = change(keys)
  const draft = join(folder, `secrets.json.${randomUUID()}`)
  await writeFile(draft, JSON.stringify({ keys: rotated.keys, pepper }), { mode: 0o600 })
  await rename(draft, join(folder, 'secrets.json'))
  return rotated
}

async function readSecrets(path: string): Promise<Secrets | null> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (isCode(error, 'ENOENT')) return null
    throw error
  })
  if (text === null) return null
  // Zod reads the JSON too: a SyntaxError would quote what it tripped over.
  const parsed = stored.safeParse(text)
  if (parsed.success) return parsed.data
  throw new Error(`${path} holds no usable secrets. Delete it for new ones: everybody signs in again.`)
}

const isCode = (error: unknown, code: string) => error instanceof Error && 'code' in error && error.code === code

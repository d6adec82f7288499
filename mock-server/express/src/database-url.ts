// How `DATABASE_URL` spells a database. Its secret: the three spellings, and which part of them may be shown.
import { dirname, join, resolve, basename } from 'node:path'

export type DatabaseAddress =
  | { readonly kind: 'postgres'; readonly url: string }
  /** `folder` is absolute; null keeps everything in memory. */
  | { readonly kind: 'pglite'; readonly folder: string | null }

/** The address, or null where the text is none of `postgres://…`, `pglite:<folder>`, `pglite::memory:`. */
export function parseDatabaseUrl(text: string): DatabaseAddress | null {
  if (/^postgres(ql)?:\/\//.test(text)) return URL.canParse(text) ? { kind: 'postgres', url: text } : null
  if (!text.startsWith('pglite:')) return null
  const folder = text.slice('pglite:'.length)
  if (folder === ':memory:') return { kind: 'pglite', folder: null }
  return folder === '' || folder.startsWith(':') ? null : { kind: 'pglite', folder: resolve(folder) }
}

/** The address for messages and logs: without user, password and parameters. */
export function showAddress(address: DatabaseAddress): string {
  if (address.kind === 'pglite')
    return address.folder === null ? 'the embedded database in memory' : `the embedded database in ${address.folder}`
  const { hostname, port, pathname } = new URL(address.url)
  return `PostgreSQL at ${hostname || 'its local socket'}:${port || '5432'}${pathname}`
}

/** Where development secrets rest: `.latchkey`, next to the embedded database or in the working folder; null in memory. */
export function secretsFolder(address: DatabaseAddress): string | null {
  if (address.kind === 'postgres') return resolve('.latchkey')
  if (address.folder === null) return null
  const parent = dirname(address.folder)
  return basename(parent) === '.latchkey' ? parent : join(parent, '.latchkey')
}

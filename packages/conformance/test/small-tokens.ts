// The tokens of the small server: JWTs signed by HMAC, and refresh tokens in families, with the flaws that a law asks for.
import { createHmac, randomBytes } from 'node:crypto'

export type Flaws = ReadonlySet<string>
type Family = {
  readonly email: string
  head: string
  before: string | null
  ended: boolean
  readonly spent: Set<string>
}

const key = randomBytes(32)
const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url')
const sign = (content: string): string => createHmac('sha256', key).update(content).digest('base64url')

export function signAccess(email: string, flaws: Flaws): string {
  const iat = Math.floor(Date.now() / 1000)
  const life = flaws.has('long-lived') ? 7 * 86_400 : 600
  const content = `${encode({ alg: 'HS256' })}.${encode({ sub: email, iat, exp: iat + life, jti: randomBytes(4).toString('hex') })}`
  return `${content}.${sign(content)}`
}

/** Whose token it is; null where it is none. */
export function readAccess(token: string, flaws: Flaws): string | null {
  const [header = '', payload = '', signature = ''] = token.split('.')
  if (payload === '') {
    if (flaws.has('crash-on-soup')) throw new Error('not a token')
    return null
  }
  const read = (part: string): Record<string, unknown> => JSON.parse(Buffer.from(part, 'base64url').toString())
  try {
    const isFree = flaws.has('alg-none') && String(read(header)['alg']).toLowerCase() === 'none'
    if (!isFree && signature !== sign(`${header}.${payload}`)) return null
    return String(read(payload)['sub'])
  } catch {
    return null
  }
}

export function openFamilies(flaws: Flaws) {
  const families: Family[] = []
  const find = (token: string): Family | undefined =>
    families.find(({ head, before, spent }) => head === token || before === token || spent.has(token))
  const mint = (): string => randomBytes(32).toString('base64url')
  return {
    start(email: string): string {
      const head = mint()
      families.push({ email, head, before: null, ended: false, spent: new Set() })
      return head
    },
    end(token: string): void {
      const family = find(token)
      if (family !== undefined) family.ended = true
    },
    owner: (token: string): string | null => find(token)?.email ?? null,
    /** The successor, or the same one for a repeat of the last token; null for a refusal. */
    spend(token: string): { readonly email: string; readonly next: string } | null {
      const family = find(token)
      if (family === undefined || family.ended) return null
      const { email, head } = family
      if (flaws.has('no-rotation')) return { email, next: head }
      if (token === family.before && !flaws.has('strict') && !flaws.has('fork')) return { email, next: head }
      if (token !== head) {
        if (flaws.has('fork') || flaws.has('no-reuse-detection')) return { email, next: this.start(email) }
        if (!flaws.has('reuse-without-revocation')) family.ended = true
        return null
      }
      if (family.before !== null) family.spent.add(family.before)
      family.before = head
      family.head = mint()
      return { email, next: family.head }
    },
  }
}

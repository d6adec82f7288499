// `OAUTH_<NAME>_…`, grouped by provider. Its secret: which three variables make one sign-in provider.
import { z } from 'zod'

const parts = { ISSUER: 'issuer', CLIENT_ID: 'clientId', CLIENT_SECRET: 'clientSecret' } as const

/** One sign-in provider; `name` is lower case, as in `/auth/oauth/:provider`. */
export type ProviderVariables = {
  readonly name: string
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
}

const provider = z.object({
  issuer: z
    .string('is missing: a provider needs _ISSUER, _CLIENT_ID and _CLIENT_SECRET')
    .refine(
      (text) => text.startsWith('https://') || /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])[:/]/.test(`${text}/`),
      'must be an https:// address',
    ),
  clientId: z.string('is missing: a provider needs _ISSUER, _CLIENT_ID and _CLIENT_SECRET'),
  clientSecret: z.string('is missing: a provider needs _ISSUER, _CLIENT_ID and _CLIENT_SECRET'),
})

/** The providers that the environment names, and what is wrong with the rest, a line each. */
export function readProviders(env: Readonly<Record<string, string | undefined>>): {
  readonly providers: readonly ProviderVariables[]
  readonly complaints: readonly string[]
} {
  const found = new Map<string, Record<string, string>>()
  for (const [variable, value] of Object.entries(env)) {
    const [, name, part] = /^OAUTH_([A-Z0-9]+)_(ISSUER|CLIENT_ID|CLIENT_SECRET)$/.exec(variable) ?? []
    if (name === undefined || value === undefined || value === '') continue
    const field = part === 'ISSUER' ? parts.ISSUER : part === 'CLIENT_ID' ? parts.CLIENT_ID : parts.CLIENT_SECRET
    found.set(name, { ...found.get(name), [field]: value })
  }
  const providers: ProviderVariables[] = []
  const complaints: string[] = []
  for (const [name, fields] of found) {
    const result = provider.safeParse(fields)
    if (result.success) providers.push({ name: name.toLowerCase(), ...result.data })
    else
      complaints.push(
        ...result.error.issues.map((issue) => `OAUTH_${name}_${spelling(issue.path[0])} ${issue.message}.`),
      )
  }
  return { providers, complaints }
}

const spelling = (field: PropertyKey | undefined) =>
  Object.entries(parts).find(([, name]) => name === field)?.[0] ?? 'ISSUER'

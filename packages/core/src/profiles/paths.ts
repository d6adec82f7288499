// Another backend's paths for a known profile. Its secret: everything about a call stays, but where it goes.
import type { Credentials, Profile, WireCall } from '../index.js'

/** Routes that lie elsewhere than the profile says. */
export type Paths = Partial<Readonly<Record<'login' | 'register' | 'verifyMfa' | 'refresh' | 'logout' | 'me', string>>>

/** The same profile with other paths; a route that the backend does not offer stays away. */
export function withPaths<User, Login extends Credentials>(
  profile: Profile<User, Login>,
  paths: Paths,
): Profile<User, Login> {
  const moved = Object.entries(paths).flatMap(([name, path]) => {
    const call = profile[name as keyof Paths] as ((...given: unknown[]) => WireCall) | undefined
    return call === undefined ? [] : [[name, (...given: unknown[]): WireCall => ({ ...call(...given), path })] as const]
  })
  return { ...profile, ...Object.fromEntries(moved) }
}

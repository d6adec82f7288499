// Draws the floors of every package, and fails where an import goes up, sideways, in a circle, or into another house.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

/** From the ground up. A room imports strictly lower floors only; `beside` the face and its own lower floors only. */
const houses: Readonly<
  Record<string, { readonly floors: readonly string[]; readonly beside?: readonly string[]; readonly face?: string }>
> = {
  'packages/core': {
    floors: [
      'errors clock page end-reason',
      'token challenge return-to access address storage messages events wait session profile',
      'core',
      'marks lock namesake demand',
      'tabs call',
      'endpoints cool-down web-storage',
      'holding revocation',
      'exchange announcement',
      'verdict',
      'refresher',
      'restore scheduler',
      'peers sign-in bearer',
      'idle step-up auth-fetch',
      'auth-client',
      'assembly',
      'client',
      'index',
    ],
    beside: [
      'cookie-reasons dpop-key own-origin path-segment token-keeper',
      'elsewhere',
      'dpop worker http axios account diagnose live passkeys profiles/paths profiles/spelling',
      'event-source socket',
      'profiles/csrf-cookie profiles/django-problem profiles/fastapi-detail profiles/laravel-problem profiles/without-refresh',
      'profiles/aspnet-identity profiles/better-auth profiles/devise-jwt profiles/directus profiles/dj-rest-auth profiles/gin-jwt profiles/laravel-jwt profiles/mern profiles/nestjs profiles/nestjs-boilerplate profiles/nhost profiles/oauth2 profiles/payload profiles/pocketbase profiles/sanctum-spa profiles/sanctum-token profiles/simple-jwt profiles/spring-jwt profiles/strapi profiles/supabase profiles/supertokens profiles/symfony-lexik',
      'profiles/fastapi-cookie profiles/fastapi-envelope profiles/fastapi-query profiles/spring-cookie',
      'profiles/fastapi-cookie-only profiles/fastapi-form profiles/fastapi-template profiles/fastapi-users',
      'profiles/index',
    ],
    face: 'index',
  },
  'packages/react': {
    floors: [
      'register auth submission guard',
      'gate provider tanstack-query tanstack-router use-submission whole-auth',
      'hooks forms idle passkeys',
      'show suspense',
      'router index',
    ],
  },
  'packages/vue': {
    floors: [
      'register use-atom submission router devtools',
      'binding',
      'gate can forms idle composables passkeys',
      'plugin show suspense',
      'index',
    ],
  },
  'packages/conformance': {
    floors: [
      'finding secrets token loopback page-cookies places route-names checks/no-refresh-token',
      'profiles',
      'browser candidates',
      'visitor',
      'stage',
      'check probe',
      'sketch',
      'suggest',
      'checks/bearer checks/cache checks/concurrent-refresh checks/cookie-flags checks/cors-preflight checks/cors-strangers checks/cors checks/csrf checks/enumeration checks/error-shape checks/forged-token checks/https checks/lifetimes checks/login-refused checks/login checks/logout checks/rate-limit checks/refresh-refused checks/reuse checks/rotation checks/token-in-url checks/token-kinds',
      'checks',
      'run',
      'table junit',
      'command index',
      'cli',
    ],
  },
  'mock-server/engine': {
    floors: [
      'audit-store binding clock device-name encoding event factor-store flight identity jwt-signer lock mail passkey-store provider return-path route slip sweep-store totp well-formed accounts/common-passwords accounts/email',
      'denylist store accounts/guesses',
      'audit confirmation cookie handovers handshakes keys memory-audit memory-factors memory-identities memory-passkeys memory-slips memory-tickets problem refresh-token rotation sealing streak accounts/password',
      'access-token accounts/account accounts/backup-codes challenges csrf endings memory-store settings tickets wire',
      'authorize exchange passkeys postbox second-factor verified',
      'arrival change-account',
      'federation sessions',
      'visit',
      'whereabouts',
      'answer routes/dead-link routes/former-proofs routes/grant routes/owner',
      'routes/entrance',
      'routes/account-deletion routes/admin routes/audit routes/email-change routes/email-proof routes/identities routes/mfa-step routes/new-password routes/operation routes/own-account routes/passkey-sign-in routes/passkeys routes/refreshing routes/second-factor routes/sign-in routes/sign-in-elsewhere routes/sign-out',
      'route-table',
      'engine',
      'index',
    ],
  },
  'mock-server/msw': {
    floors: [
      'authenticator base clock elsewhere fault token-ledger users wire',
      'jar scenario server-side',
      'intercept',
      'mock-auth',
      'index react vue',
    ],
  },
  'mock-server/express': {
    floors: [
      'back-channel breached-passwords client-ip cross-origin database database-url first-admin folder-claim json-schemas key-ring kin lanes listen log mail-text passwords providers redis refusal role-permissions schema shared-denylist signing signing-keys sweeping wire',
      'body failures guards last-resort limits metrics oidc-provider one-host pglite problem-responses secrets smtp statements variables',
      'auth-router contradictions drizzle-audit drizzle-factors drizzle-identities drizzle-passkeys drizzle-slips drizzle-sweep drizzle-tickets examples github-provider open-metrics operation postgres',
      'config drizzle-store open-providers openapi',
      'api-docs open-denylist open-mailer open-store',
      'app',
      'start-server',
      'commands/keys commands/serve commands/users index',
      'commands/secrets',
      'server',
    ],
  },
}

const modulesOf = (folder: string): string[] =>
  readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    if (statSync(path).isDirectory()) return modulesOf(path)
    return /\.tsx?$/.test(name) ? [path] : []
  })

const importsOf = (path: string): string[] =>
  [...readFileSync(path, 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, specifier]) => specifier ?? '')

describe.each(Object.entries(houses))('the floors of %s', (house, { floors, beside = [], face }) => {
  const source = join(root, house, 'src')
  const roomOf = (path: string): string =>
    relative(source, path)
      .replace(/\.(?:tsx?|js)$/, '')
      .replaceAll('\\', '/')
  const heights = (storeys: readonly string[]): ReadonlyMap<string, number> =>
    new Map(storeys.flatMap((rooms, floor) => rooms.split(' ').map((room) => [room, floor] as const)))
  const floorOf = heights(floors)
  const besides = heights(beside)
  const isLower = (storeys: ReadonlyMap<string, number>, target: string, room: string): boolean =>
    (storeys.get(target) ?? Infinity) < (storeys.get(room) ?? -1)

  it('every room has its floor, and every floor its rooms', () => {
    const rooms = modulesOf(source).map(roomOf)
    expect([...floorOf.keys(), ...besides.keys()].toSorted()).toEqual(rooms.toSorted())
  })

  it('an import goes strictly down', () => {
    const wrong = modulesOf(source).flatMap((path) => {
      const room = roomOf(path)
      return importsOf(path)
        .filter((specifier) => specifier.startsWith('.'))
        .map((specifier) => roomOf(resolve(dirname(path), specifier)))
        .filter((target) =>
          besides.has(room) ? target !== face && !isLower(besides, target, room) : !isLower(floorOf, target, room),
        )
        .map((target) => `${room} -> ${target}`)
    })
    expect(wrong).toEqual([])
  })
})

describe('the houses meet at their doors only', () => {
  const sources = ['packages', 'mock-server'].flatMap((shelf) =>
    readdirSync(join(root, shelf)).flatMap((name) => modulesOf(join(root, shelf, name, 'src'))),
  )
  const crossings = sources.flatMap((path) =>
    importsOf(path)
      .filter((specifier) => specifier.startsWith('@latchkey/'))
      .map((specifier) => ({ from: relative(root, path).replaceAll('\\', '/'), specifier })),
  )

  it('packages import nothing of the mock server, nor it of them', () => {
    const servers = /^@latchkey\/(?:engine|msw|express)/
    // The mock's two doors to component tests render an app's own client.
    const doors = /^mock-server\/msw\/src\/(?:react|vue)\.ts$/
    const wrong = crossings.filter(
      ({ from, specifier }) => from.startsWith('packages/') === servers.test(specifier) && !doors.test(from),
    )
    expect(wrong).toEqual([])
  })

  it('a binding imports core’s entry only, and for passkeys their own', () => {
    const bindings = crossings.filter(({ from }) => /^packages\/(?:react|vue)\//.test(from))
    const isDoor = (from: string, specifier: string): boolean =>
      specifier === '@latchkey/core' || (specifier === '@latchkey/core/passkeys' && from.endsWith('/src/passkeys.ts'))
    expect(bindings.filter(({ from, specifier }) => !isDoor(from, specifier))).toEqual([])
  })

  it('imports do not leave their package by a path', () => {
    const out = sources.filter((path) => {
      const source = join(root, ...relative(root, path).split(/[\\/]/).slice(0, 3))
      return importsOf(path).some(
        (specifier) =>
          specifier.startsWith('.') && relative(source, resolve(dirname(path), specifier)).startsWith('..'),
      )
    })
    expect(out.map((path) => relative(root, path))).toEqual([])
  })
})

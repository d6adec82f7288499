// The whole server from a configuration. Its secret: what is opened in which order, and closed in the opposite one.
import {
  createEngine,
  type Engine,
  type EngineClock,
  type EngineOptions,
  type Mailer,
  type Passwords,
  type Provider,
  type Store,
} from '@latchkey/engine'
import type { DestinationStream, Logger } from 'pino'
import { createApp, type Mount } from './app.js'
import { createAuthRouter } from './auth-router.js'
import { createBreachedPasswords } from './breached-passwords.js'
import type { Config } from './config.js'
import { parseDatabaseUrl, secretsFolder } from './database-url.js'
import { createFirstAdmin } from './first-admin.js'
import { createLimiter, type Limits } from './limits.js'
import { listen } from './listen.js'
import { createLog } from './log.js'
import { openMetrics } from './open-metrics.js'
import { openStore } from './open-store.js'
import { createPasswords } from './passwords.js'
import { openDenylist } from './open-denylist.js'
import { openMailer } from './open-mailer.js'
import { openProviders } from './open-providers.js'
import { openRedis } from './redis.js'
import { signNow } from './signing.js'
import { everyHour, sweep } from './sweeping.js'
import { keepSecrets, makeSecrets } from './secrets.js'

export type ServerOptions = {
  /** From `loadConfig`. */
  readonly config: Config
  /** Adds routes of your own: `(app, { requireAuth }) => app.get('/api/hello', requireAuth(), …)`. */
  readonly mount?: Mount
  /** Replaces single rate limits. */
  readonly limits?: Partial<Limits>
  /** What each role may do, `{ editor: ['posts:write'] }`; in place of `ROLE_PERMISSIONS`. */
  readonly permissions?: EngineOptions['permissions']
  /** Cheaper hashing for tests. */
  readonly passwords?: Passwords
  /** Sends mails in place of `SMTP_URL`; their links begin with `APP_URL`. */
  readonly mailer?: Mailer
  /** More places to sign in, beside those of the configuration. */
  readonly providers?: readonly Provider[]
  /** A clock that tests can move; it rules in the engine and in the store. */
  readonly clock?: EngineClock
  /** An open store in place of `databaseUrl`; stopping closes it. */
  readonly store?: Store
  /** Where the log goes, stdout by default. */
  readonly logStream?: DestinationStream
}

/** A server that listens. */
export type RunningServer = {
  /** Where it listens, with the port that it got. */
  readonly url: string
  readonly port: number
  /** Where metrics are read; null where they are off. */
  readonly metricsUrl: string | null
  readonly engine: Engine
  readonly store: Store
  /** Accepts nothing new, lets what has begun finish (10 seconds at most), closes store and Redis. Idempotent. */
  readonly stop: () => Promise<void>
}

const patience = 10_000

/**
 * Opens the database, brings its tables up to date, makes the first admin, and listens.
 * @throws DatabaseUnusable, TypeError for options that the engine refuses, and the socket's error where the port is taken.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { config, clock = { now: () => Date.now() } } = options
  const logger = createLog(config.logLevel, options.logStream)
  const closing: (() => Promise<unknown>)[] = []
  const closeAll = async () => {
    for (const close of closing.toReversed()) await close()
  }
  let listening: Awaited<ReturnType<typeof listen>> | null = null
  try {
    const metrics = await openMetrics(config.metrics, closing)
    const store =
      options.store ??
      (await openStore(config.databaseUrl, { ...(options.clock && { clock }), onLost: lost(logger, 'database') }))
    closing.push(() => store.close())
    const redis = redisOf(config, logger, closing)
    const { accessTtl: ttl = 600 } = config.engine
    const denylist = openDenylist({ databaseUrl: config.databaseUrl, ttl }, clock, redis, closing)
    const passwords = options.passwords ?? createPasswords()
    const post = options.mailer ?? openMailer(config, logger, closing)
    const engine = createEngine({
      ...config.engine,
      ...(post !== null && { mailer: post }),
      appUrl: config.appUrl ?? config.engine.allowedOrigins[0] ?? '',
      providers: [...openProviders(config.providers), ...(options.providers ?? [])],
      publicUrl: () => config.publicUrl ?? listening?.url ?? '',
      ...(await secretsOf(config)),
      store,
      passwords,
      clock,
      denylist,
      signer: signNow,
      afterReply: (work) => void setImmediate(work),
      ...(config.breachedPasswordsUrl !== null && {
        isBreached: createBreachedPasswords({
          url: config.breachedPasswordsUrl,
          onVerdict: (verdict, error) => {
            metrics?.countBreachCheck(verdict)
            if (verdict === 'unavailable')
              logger.warn({ err: error }, 'a new password could not be looked up in breaches')
          },
        }),
      }),
      ...(options.permissions && { permissions: options.permissions }),
      onEvent: (event) => {
        metrics?.countEvent(event)
        logger.info({ event }, event.type)
      },
    })
    closing.push(() => within(patience, engine.settled()))
    if (config.admin !== null && (await createFirstAdmin(config.admin, { store, passwords, clock }))) {
      logger.info('created the first admin')
    }
    await engine.ready()
    const limiter = createLimiter(options.limits, redis)
    const auth = createAuthRouter({
      engine,
      allowedOrigins: config.engine.allowedOrigins,
      limiter,
      onError: (error) => logger.error({ err: error }, 'unexpected error'),
      ...(metrics && { onReply: metrics.countReply }),
    })
    const app = await createApp({ auth, logger, trustProxyHops: config.trustProxyHops, metrics, mount: options.mount })
    closing.push(everyHour(() => cleanUp(store, { clock, auditDays: config.auditDays }, logger)))
    listening = await listen(app, config.host, config.port)
    const { url, port, stop } = listening
    closing.push(() => stop(patience))
    let stopping: Promise<void> | null = null
    return {
      url,
      port,
      metricsUrl: metrics?.url ?? null,
      engine,
      store,
      stop: () => (stopping ??= closeAll()),
    }
  } catch (error) {
    await closeAll()
    throw error
  }
}

async function cleanUp(store: Store, rule: Parameters<typeof sweep>[1], logger: Logger): Promise<void> {
  try {
    const gone = await sweep(store, rule)
    if (gone > 0) logger.info({ rows: gone }, 'deleted what nobody can need any more')
  } catch (error) {
    logger.warn({ err: error }, 'the cleaning has to wait for the next hour')
  }
}

/** Mails that are on their way, but not for ever. */
async function within(milliseconds: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds)
  })
  await Promise.race([work, late])
  clearTimeout(timer)
}

/** Production brings its own; development keeps some beside the database, so that a restart signs nobody out. */
async function secretsOf({ keys, pepper, databaseUrl }: Config): Promise<Pick<EngineOptions, 'keys' | 'pepper'>> {
  if (keys !== null && pepper !== null) return { keys, pepper }
  const address = parseDatabaseUrl(databaseUrl)
  const folder = address === null ? null : secretsFolder(address)
  const kept = folder === null ? makeSecrets() : await keepSecrets(folder)
  return { keys: keys ?? kept.keys, pepper: pepper ?? kept.pepper }
}

function redisOf({ redisUrl }: Config, logger: Logger, closing: (() => Promise<unknown>)[]) {
  if (redisUrl === null) return null
  const redis = openRedis(redisUrl, {
    lost: (error) =>
      logger.warn(
        { err: error },
        'Redis does not answer: each process counts for itself, and asks the database about revocations',
      ),
    ready: () => logger.info('Redis is there: limits and revocations are shared'),
  })
  closing.push(async () => redis.disconnect())
  return redis
}

const lost = (logger: Logger, what: string) => (error: Error) =>
  logger.warn({ err: error }, `lost a connection to the ${what}`)

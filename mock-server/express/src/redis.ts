// The connection to Redis. Its secret: it fails fast and comes back by itself; nobody waits for it.
import { Redis } from 'ioredis'

export type RedisReport = { readonly lost: (error: Error) => void; readonly ready: () => void }

/** Connects in the background; while it is not ready, commands reject at once and the limits count in memory. */
export function openRedis(url: string, report: RedisReport): Redis {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 2_000,
    commandTimeout: 1_000,
    retryStrategy: (attempt) => Math.min(attempt * 200, 5_000),
  })
  let isLost = false
  redis.on('error', (error: Error) => {
    if (!isLost) report.lost(error)
    isLost = true
  })
  redis.on('ready', () => {
    isLost = false
    report.ready()
  })
  return redis
}

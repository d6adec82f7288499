import { bodyModeLaws } from './body-laws.js'
import { contractLaws } from './contract.js'
import { cookieOnlyLaws } from './cookie-only-laws.js'
import { documented } from './documented.js'
import { openExpress } from './express.js'
import { openExpressOnPostgres } from './postgres.js'

contractLaws('Express on PGlite', () => documented(openExpress('pglite::memory:')))
bodyModeLaws('Express on PGlite', () => documented(openExpress('pglite::memory:', 'body')))
cookieOnlyLaws('Express on PGlite', () => documented(openExpress('pglite::memory:', 'cookie-only')))

const postgresUrl = process.env['DATABASE_URL']
if (postgresUrl !== undefined) {
  contractLaws('Express on PostgreSQL', () => openExpressOnPostgres(postgresUrl))
  cookieOnlyLaws('Express on PostgreSQL', () => openExpressOnPostgres(postgresUrl, 'cookie-only'))
}

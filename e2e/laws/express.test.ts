import { bodyModeLaws } from './body-laws.js'
import { contractLaws } from './contract.js'
import { openExpress } from './express.js'
import { openExpressOnPostgres } from './postgres.js'

contractLaws('Express on PGlite', () => openExpress('pglite::memory:'))
bodyModeLaws('Express on PGlite', () => openExpress('pglite::memory:', 'body'))

const postgresUrl = process.env['DATABASE_URL']
if (postgresUrl !== undefined) {
  contractLaws('Express on PostgreSQL', () => openExpressOnPostgres(postgresUrl))
}

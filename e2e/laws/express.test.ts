import { bodyModeLaws } from './body-laws.js'
import { contractLaws } from './contract.js'
import { documented } from './documented.js'
import { openExpress } from './express.js'
import { openExpressOnPostgres } from './postgres.js'

contractLaws('Express on PGlite', () => documented(openExpress('pglite::memory:')))
bodyModeLaws('Express on PGlite', () => documented(openExpress('pglite::memory:', 'body')))

const postgresUrl = process.env['DATABASE_URL']
if (postgresUrl !== undefined) {
  contractLaws('Express on PostgreSQL', () => openExpressOnPostgres(postgresUrl))
}

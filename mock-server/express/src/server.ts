#!/usr/bin/env node
// The command `latchkey-server`. Its secret: which words do what, and how each of them ends.
import { text } from 'node:stream/consumers'
import { Command, InvalidArgumentError } from 'commander'
import { generateKeys, generateSecrets, rotate } from './commands/keys.js'
import { serve } from './commands/serve.js'
import { reseal } from './commands/secrets.js'
import { createUser, listUsers, setActive, withEngine } from './commands/users.js'
import { ConfigInvalid, loadConfig } from './config.js'
import { DatabaseUnusable } from './open-store.js'
import { sweep } from './sweeping.js'

const program = new Command('latchkey-server')
  .description('Runs the server, configured by the environment and by .env: see .env.example.')
  .action(() => attempt(() => serve((line) => console.log(line), giveUp)))

const keys = program.command('keys').description('Signing keys, as lines for the configuration.')
keys
  .command('generate')
  .description('Prints fresh keys: one that signs, and one that is published to be next.')
  .action(() => console.log(generateKeys()))
keys
  .command('rotate')
  .description(
    'Prints the keys of JWT_PRIVATE_KEYS after a rotation; those of a development server it rotates in place.',
  )
  .action(() =>
    attempt(async () => {
      const { line, note } = await rotate(process.env)
      if (line !== null) console.log(line)
      console.error(note)
    }),
  )
const secrets = program
  .command('secrets')
  .description('Prints fresh keys and a fresh pepper, for production.')
  .action(() => console.log(generateSecrets()))
secrets
  .command('reseal')
  .description('Seals the secrets in the database by the first pepper of REFRESH_TOKEN_PEPPER, while servers run.')
  .action(() => attempt(async () => console.log(await reseal(loadConfig()))))
program
  .command('migrate')
  .description('Brings the tables of DATABASE_URL up to date. The server does so itself at its start.')
  .action(() => attempt(() => withEngine(loadConfig(), async () => console.log('The tables are up to date.'))))
program
  .command('cleanup')
  .description('Deletes what nobody can need any more. The server does so itself every hour.')
  .action(() =>
    attempt(async () => {
      const config = loadConfig()
      const gone = await withEngine(config, ({ store }) =>
        sweep(store, { clock: { now: () => Date.now() }, auditDays: config.auditDays }),
      )
      console.log(`${gone} rows were deleted.`)
    }),
  )

const users = program.command('users').description('Accounts.')
users
  .command('create <email>')
  .description('Creates an account, and prints its password where none is given.')
  .option('--role <role>', 'what it may do', 'user')
  .option('--name <name>', 'how it is shown')
  .option('--password-stdin', 'reads the password from the input')
  .action((email: string, { role, name, passwordStdin }: CreateOptions) =>
    attempt(async () => {
      const password = passwordStdin === true ? (await text(process.stdin)).replace(/\r?\n$/, '') : null
      const { id, made } = await createUser(loadConfig(), { email, role, name: name ?? null, password })
      console.log(made === null ? id : `${id}\nPassword: ${made}`)
    }),
  )
users
  .command('list')
  .description('Lists accounts, newest first.')
  .option('--search <text>', 'those that have it in their address or name', '')
  .option('--limit <count>', 'at most', whole, 50)
  .option('--offset <count>', 'after so many', whole, 0)
  .action((page: { readonly search: string; readonly limit: number; readonly offset: number }) =>
    attempt(async () => console.log(await listUsers(loadConfig(), page))),
  )
users
  .command('disable <email>')
  .description('Ends all sessions of an account, and lets it sign in no more.')
  .action((email: string) => attempt(() => setActive(loadConfig(), email, false)))
users
  .command('enable <email>')
  .description('Lets an account sign in again.')
  .action((email: string) => attempt(() => setActive(loadConfig(), email, true)))

readEnvFile()
await program.parseAsync()

type CreateOptions = { readonly role: string; readonly name?: string; readonly passwordStdin?: boolean }

function whole(given: string): number {
  if (/^\d{1,9}$/.test(given)) return Number(given)
  throw new InvalidArgumentError('It must be a whole number.')
}

/** `.env` in the working folder, where there is one; the environment wins. */
function readEnvFile(): void {
  try {
    process.loadEnvFile()
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    if (!isMissing) giveUp(`The file .env cannot be read: ${describe(error)}`)
  }
}

async function attempt(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    giveUp(explain(error))
  }
}

function explain(error: unknown): string {
  if (error instanceof ConfigInvalid) return `${error.message}\nAll settings are listed in .env.example.`
  if (error instanceof DatabaseUnusable) return `DATABASE_URL: ${error.message}`
  const code = error instanceof Error && 'code' in error ? error.code : ''
  if (code === 'EADDRINUSE')
    return 'The port is taken. Stop what listens there, or set PORT (or METRICS_PORT) to another one.'
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return 'HOST or METRICS_HOST is not an address of this machine. Set it to 127.0.0.1 or 0.0.0.0.'
  if (code === 'EACCES')
    return 'The port or a folder is not allowed to this user. Set PORT above 1023, or check the folder of DATABASE_URL.'
  return describe(error)
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : 'for an unknown reason'
}

function giveUp(reason: string): never {
  console.error(`latchkey-server cannot run:\n${reason}`)
  process.exit(1)
}

// The command line. Its secret: what counts as bad usage (exit code 2) and what as a finding (exit code 1).
import { writeFile } from 'node:fs/promises'
import { Command, CommanderError, InvalidArgumentError } from 'commander'
import type { Credentials } from '@latchkey/core'
import { checks } from './checks.js'
import { toJunit } from './junit.js'
import { isLoopback } from './loopback.js'
import { BadUsage, findProfile, profileNames } from './profiles.js'
import { runConformance, type Report } from './run.js'
import type { Target } from './stage.js'
import { suggest } from './suggest.js'
import { toTable } from './table.js'

/** What the command touches of the process around it. */
export type Surroundings = {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  readonly env: Readonly<Record<string, string | undefined>>
  readonly isTerminal: boolean
}

type Options = {
  readonly profile?: string
  readonly option: Pairs
  readonly origin: string
  readonly email?: string
  readonly username?: string
  readonly password?: string
  readonly register?: true
  readonly field: Pairs
  readonly protected?: string
  readonly attempts: number
  readonly timeout: number
  readonly only?: readonly string[]
  readonly strict?: true
  readonly json?: true
  readonly junit?: string
  readonly suggest?: true
}
type Pairs = Readonly<Record<string, string>>

/** Runs the command; its exit code: 0 where all is well, 1 for a finding that failed, 2 for bad usage. */
export async function runCommand(args: readonly string[], around: Surroundings): Promise<0 | 1 | 2> {
  const command = define(around)
  let exit: 0 | 1 | 2 = 0
  command.action(async (url: string, options: Options) => {
    exit = await act(url, options, around)
  })
  try {
    await command.parseAsync(args, { from: 'user' })
    return exit
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    if (!(error instanceof BadUsage)) throw error
    around.err(`${error.message}\n`)
    return 2
  }
}

function define({ out, err }: Surroundings): Command {
  return new Command('latchkey-conformance')
    .description('Looks at a backend’s login, refresh and logout from outside, and says what to do.')
    .argument('<url>', 'where the auth routes are, as the client’s baseURL has it')
    .option('-p, --profile <name|file>', `how the backend spells its routes: a file, or ${profileNames.join(', ')}`)
    .option('-o, --option <name=value>', 'a setting of the profile (repeatable)', pair, {})
    .option('--origin <url>', 'the page that will call it', 'http://localhost:5173')
    .option('--email <email>', 'an account that exists')
    .option('--username <name>', 'the same, where accounts have names')
    .option('--password <password>', 'its password; better in CONFORMANCE_PASSWORD')
    .option('--register', 'register an account for this; done unasked on this machine only')
    .option('--field <name=value>', 'what registration wants beside email and password (repeatable)', pair, {})
    .option('--protected <path>', 'a GET route that wants a token, where the profile knows none')
    .option('--attempts <n>', 'wrong passwords to try; 0 for none', whole, 30)
    .option('--timeout <ms>', 'until a call counts as unanswered', whole, 10_000)
    .option('--only <ids>', `run these checks alone, by commas: ${checks.map(({ id }) => id).join(', ')}`, ids)
    .option('--strict', 'fail on warnings too')
    .option('--json', 'print JSON in place of the table')
    .option('--junit <file>', 'write JUnit XML as well')
    .option('--suggest', 'find out which profile fits')
    .exitOverride()
    .configureOutput({ writeOut: out, writeErr: err })
}

async function act(url: string, options: Options, around: Surroundings): Promise<0 | 1> {
  const place = await reached(url, options.timeout)
  const account = credentialsOf(options, around.env)
  if (account === null && options.register !== true && !isLoopback(place))
    throw new BadUsage(
      `This would register an account at ${place.origin}: allow that by --register, or name one by --email and --password.`,
    )
  const { origin, field: fields, attempts, timeout } = options
  const target: Omit<Target, 'profile'> = {
    baseURL: place.href,
    origin: parseUrl(origin).origin,
    credentials: account,
    fields,
    protectedPath: options.protected ?? null,
    attempts,
    timeout,
  }
  if (options.suggest === true) {
    const { text, found } = await suggest(target, options.option)
    around.out(`${text}\n`)
    return found ? 0 : 1
  }
  if (options.profile === undefined) throw new BadUsage('Name a profile by --profile, or let --suggest find one.')
  const profile = await findProfile(options.profile, options.option)
  const chosen = checks.filter(({ id }) => options.only?.includes(id) ?? true)
  const report = await runConformance({ ...target, profile }, { checks: chosen })
  return tell(report, options, around)
}

async function tell(report: Report, options: Options, around: Surroundings): Promise<0 | 1> {
  const colour = around.isTerminal && around.env['NO_COLOR'] === undefined
  around.out(`${options.json === true ? JSON.stringify(report, null, 2) : toTable(report, { colour })}\n`)
  if (options.junit !== undefined) await writeFile(options.junit, toJunit(report))
  const bad = options.strict === true ? ['fail', 'warn'] : ['fail']
  return report.findings.some(({ verdict }) => bad.includes(verdict)) ? 1 : 0
}

function credentialsOf({ email, username, password }: Options, env: Surroundings['env']): Credentials | null {
  const secret = password ?? env['CONFORMANCE_PASSWORD']
  if (email === undefined && username === undefined) return null
  if (secret === undefined) throw new BadUsage('An account needs its password: --password, or CONFORMANCE_PASSWORD.')
  return { ...(email !== undefined && { email }), ...(username !== undefined && { username }), password: secret }
}

async function reached(url: string, timeout: number): Promise<URL> {
  const place = parseUrl(url)
  await fetch(place, { redirect: 'manual', signal: AbortSignal.timeout(timeout) }).then(
    (response) => response.body?.cancel(),
    () => {
      throw new BadUsage(`${place.origin} does not answer. Is the backend running?`)
    },
  )
  return place
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new BadUsage(`${text} is no http address. Write it as http://localhost:8000.`)
  return url
}

function pair(text: string, others: Pairs): Pairs {
  const [name = '', ...value] = text.split('=')
  if (name === '' || value.length === 0) throw new InvalidArgumentError('Write it as name=value.')
  return { ...others, [name]: value.join('=') }
}

function whole(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('Write a whole number.')
  return Number(text)
}

function ids(text: string): readonly string[] {
  const named = text.split(',')
  const unknown = named.find((id) => !checks.some((check) => check.id === id))
  if (unknown !== undefined) throw new InvalidArgumentError(`There is no check ${unknown}.`)
  return named
}

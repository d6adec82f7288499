// The few statements that must not come in two. Their secret: lock first, then read with a fresh snapshot, write at once.
import type { Family, FamilyChange, RefreshToken } from '@latchkey/engine'
import { type Column, fillPlaceholders, getTableColumns, type SQL, sql } from 'drizzle-orm'
import { PgDialect, type PgTable } from 'drizzle-orm/pg-core'
import type { Statement } from './database.js'
import { accounts, auditEntries, families, refreshTokens, tickets } from './schema.js'

const dialect = new PgDialect()
const at = (name: string) => sql.placeholder(name)
const bare = (column: Column) => sql.identifier(column.name)
/** The database's own clock (S17), looked at after the lock was taken. */
export const databaseClock = sql`floor(extract(epoch from clock_timestamp()) * 1000)::bigint`

/** Compiles once; every call fills in the parameters. */
function compile<Name extends string>(name: string, query: SQL): (values: Record<Name, unknown>) => Statement {
  const { sql: text, params } = dialect.sqlToQuery(query)
  return (values) => ({ name: `latchkey_${name}`, text, values: fillPlaceholders(params, values) })
}

/** A whole row as one JSON object with the engine's own field names. */
function asJson(table: PgTable): SQL {
  const fields = Object.entries(getTableColumns(table)).map(([key, column]) => sql`${sql.raw(`'${key}'`)}, ${column}`)
  return sql`json_build_object(${sql.join(fields, sql`, `)})`
}

/** Another one after every change of the family's row, and none before. */
const version = sql`${families}.xmin::text`
const held = sql`${asJson(families)} as family, ${asJson(accounts)} as account, json_build_object('now', ${databaseClock}) as clock`

/** Waits for the lock of the family that a token belongs to. */
export const lockByToken = compile<'hash'>(
  'lock_by_token',
  sql`select 1 from ${families} where ${families.id} =
    (select ${refreshTokens.familyId} from ${refreshTokens} where ${refreshTokens.hash} = ${at('hash')}) for update`,
)

/** Behind `lockByToken`: under READ COMMITTED a statement of its own sees what the lock's last holder wrote. Or alone, for a try. */
export const readByToken = compile<'hash'>(
  'read_by_token',
  sql`select ${asJson(refreshTokens)} as token, ${held}, ${version} as version from ${refreshTokens}
    join ${families} on ${families.id} = ${refreshTokens.familyId}
    join ${accounts} on ${accounts.id} = ${families.accountId}
    where ${refreshTokens.hash} = ${at('hash')}`,
)

/** Waits for the lock of a family. */
export const lockById = compile<'id'>(
  'lock_by_id',
  sql`select 1 from ${families} where ${families.id} = ${at('id')} for update`,
)

/** Behind `lockById`, or alone. */
export const readById = compile<'id'>(
  'read_by_id',
  sql`select ${held}, ${version} as version from ${families} join ${accounts} on ${accounts.id} = ${families.accountId}
    where ${families.id} = ${at('id')}`,
)

/** Revokes what lives of an account's families, row by row under their locks. */
export const revokeAll = compile<'accountId' | 'reason' | 'keepId' | 'now'>(
  'revoke_all',
  sql`update ${families} set ${bare(families.revokedAt)} = coalesce(${at('now')}::bigint, ${databaseClock}),
      ${bare(families.revokedReason)} = ${at('reason')}
    where ${families.accountId} = ${at('accountId')} and ${families.revokedAt} is null
      and ${families.id} is distinct from ${at('keepId')}::text`,
)

/** Opens a family together with its first token. */
export const openFamily = compile<string>(
  'open_family',
  sql`with opened as (insert into ${families} (${columnList(families)}) values (${parameters(families, 'family')}))
    insert into ${refreshTokens} (${columnList(refreshTokens)}) values (${parameters(refreshTokens, 'token')})`,
)

/** Removes a living ticket and changes its account: one statement, so the row's lock lets one of many at once have it. */
export const spendTicket = compile<'hash' | 'purpose' | 'now' | 'emailVerified' | 'passwordHash'>(
  'spend_ticket',
  sql`with spent as (
      delete from ${tickets} where ${tickets.hash} = ${at('hash')} and ${tickets.purpose} = ${at('purpose')}
        and ${tickets.expiresAt} > coalesce(${at('now')}::bigint, ${databaseClock})
      returning ${tickets.accountId} as account_id, ${tickets.email} as email, ${tickets.newEmail} as new_email
    )
    update ${accounts} set ${bare(accounts.emailVerified)} = ${at('emailVerified')}::boolean,
      ${bare(accounts.passwordHash)} = coalesce(${at('passwordHash')}::text, ${accounts.passwordHash}),
      ${bare(accounts.email)} = coalesce(spent.new_email, ${accounts.email})
    from spent where ${accounts.id} = spent.account_id and ${accounts.email} = spent.email
    returning ${asJson(accounts)} as account`,
)

/** Waits for the rows of all who may sign in with the account's role, if that is the one: of two that go at once one sees the other gone. */
export const lockHolders = compile<'id' | 'lastOf'>(
  'lock_holders',
  sql`select ${accounts.id} as id from ${accounts} where ${accounts.role} = ${at('lastOf')} and ${accounts.isActive}
      and exists (select 1 from ${accounts} own where own.${bare(accounts.id)} = ${at('id')} and own.${bare(accounts.role)} = ${at('lastOf')})
    order by ${accounts.id} for update`,
)

/** Deletes an account, and with it all that refers to it; its audit entries stay without address and device. */
export const dropAccount = compile<'id'>(
  'drop_account',
  sql`with gone as (delete from ${accounts} where ${accounts.id} = ${at('id')} returning ${accounts.id} as id),
    erased as (
      update ${auditEntries} set ${bare(auditEntries.ip)} = null, ${bare(auditEntries.device)} = null,
        ${bare(auditEntries.detail)} = case when ${auditEntries.detail} = ${auditEntries.device} then null else ${auditEntries.detail} end
      from gone where ${auditEntries.accountId} = gone.id or ${auditEntries.actorId} = gone.id
    )
    select id from gone`,
)

const save = compile<string>(
  'save',
  sql`with won as (
      update ${families} set ${assignments()} where ${families.id} = ${at('family.id')}
        and (${at('version')}::text is null or ${families}.xmin::text = ${at('version')}::text)
      returning ${families.id} as id
    ), consumed as (
      update ${refreshTokens} set ${bare(refreshTokens.consumedAt)} = ${at('consumedAt')}::bigint, ${bare(refreshTokens.nonce)} = ${at('nonce')}::text
      from won where ${refreshTokens.familyId} = won.id and ${refreshTokens.generation} = ${at('consume')}::integer
    ), erased as (
      update ${refreshTokens} set ${bare(refreshTokens.nonce)} = null
      from won where ${refreshTokens.familyId} = won.id and ${refreshTokens.generation} = ${at('erase')}::integer
    ), inserted as (
      insert into ${refreshTokens} (${columnList(refreshTokens)})
      select ${parameters(refreshTokens, 'token')} from won where ${at('insert')}::boolean
    )
    select id from won`,
)

/**
 * Everything that a step wants written, as one statement: all of it or nothing. With a version, nothing where the family
 * has changed since; the row's lock is taken before that is looked at, so no other write can come between.
 */
export function saveChange(family: Family, change: FamilyChange, version: string | null): Statement {
  const { consume, insert, eraseNonceOf } = change
  return save({
    ...prefixed('family', { ...family, ...change.family }),
    ...prefixed('token', insert ?? { hash: null, familyId: null, generation: null, consumedAt: null, nonce: null }),
    version,
    insert: insert !== undefined,
    consume: consume?.generation ?? null,
    consumedAt: consume?.at ?? null,
    nonce: consume?.nonce ?? null,
    erase: eraseNonceOf ?? null,
  })
}

/** The parameters of `openFamily`. */
export const opening = (family: Family, first: RefreshToken): Record<string, unknown> => ({
  ...prefixed('family', family),
  ...prefixed('token', first),
})

function prefixed(prefix: string, row: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).map(([key, value]) => [`${prefix}.${key}`, value]))
}

function columnList(table: PgTable): SQL {
  return sql.join(Object.values(getTableColumns(table)).map(bare), sql`, `)
}

function parameters(table: PgTable, prefix: string): SQL {
  const each = Object.entries(getTableColumns(table)).map(([key, column]) => cast(`${prefix}.${key}`, column))
  return sql.join(each, sql`, `)
}

function assignments(): SQL {
  const mutable = Object.entries(getTableColumns(families)).filter(([key]) => key !== 'id' && key !== 'accountId')
  return sql.join(
    mutable.map(([key, column]) => sql`${bare(column)} = ${cast(`family.${key}`, column)}`),
    sql`, `,
  )
}

function cast(name: string, column: Column): SQL {
  return sql`${at(name)}::${sql.raw(column.getSQLType())}`
}

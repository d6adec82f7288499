// A database of its own on a real PostgreSQL, gone when the laws are done.
import { Client } from 'pg'
import { openExpress } from './express.js'
import type { Mode, Transport } from './transport.js'

export async function openExpressOnPostgres(serverUrl: string, mode: Mode = 'cookie'): Promise<Transport> {
  const name = `latchkey_laws_${crypto.randomUUID().slice(0, 8)}`
  await ask(serverUrl, `create database ${name}`)
  const own = new URL(serverUrl)
  own.pathname = `/${name}`
  const transport = await openExpress(own.href, mode)
  return {
    ...transport,
    close: async () => {
      await transport.close()
      await ask(serverUrl, `drop database ${name} with (force)`)
    },
  }
}

async function ask(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

// A PostgreSQL database for one run, beside the one that a URL names: made before it, dropped after it.
import { randomUUID } from 'node:crypto'
import { Client } from 'pg'

export async function withDatabase(url: string, work: (url: string) => Promise<void>) {
  const admin = new Client({ connectionString: url })
  await admin.connect()
  const name = `latchkey_bench_${randomUUID().slice(0, 8)}`
  await admin.query(`create database ${name}`)
  const own = new URL(url)
  own.pathname = `/${name}`
  try {
    await work(own.href)
  } finally {
    await admin.query(`drop database ${name} with (force)`)
    await admin.end()
  }
}

// The secrets of a development server: made once, agreed upon, kept to their owner.
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { parseDatabaseUrl, secretsFolder } from '../src/database-url.js'
import { keepSecrets, makeSecrets } from '../src/secrets.js'

let folder: string
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'latchkey-secrets-')), '.latchkey')
})
afterEach(() => rm(join(folder, '..'), { recursive: true, force: true }))

it('servers that start together agree on one set, and leave nothing else behind', async () => {
  const kept = await Promise.all(Array.from({ length: 10 }, () => keepSecrets(folder)))
  expect(new Set(kept.map((each) => JSON.stringify(each))).size).toBe(1)
  expect(await keepSecrets(folder)).toEqual(kept[0])
  expect((await readdir(folder)).toSorted()).toEqual(['.gitignore', 'secrets.json'])
})

it('two makings have nothing in common', () => {
  const [one, two] = [makeSecrets(), makeSecrets()]
  expect(one.pepper).not.toBe(two.pepper)
  expect(one.keys[0]?.d).not.toBe(two.keys[0]?.d)
})

it('a file that is broken is named, not quoted', async () => {
  await keepSecrets(folder)
  const path = join(folder, 'secrets.json')
  const text = await readFile(path, 'utf8')
  await writeFile(path, text.slice(0, 200))
  const broken = keepSecrets(folder)
  await expect(broken).rejects.toThrow(`${path} holds no usable secrets. Delete it`)
  await expect(broken).rejects.not.toThrow(/"d"/)
})

it('they rest beside the embedded database, in the working folder for PostgreSQL, nowhere for one in memory', () => {
  const restingPlace = (url: string) => {
    const address = parseDatabaseUrl(url)
    return address === null ? 'no database' : secretsFolder(address)
  }
  expect(restingPlace('pglite:/srv/.latchkey/db')).toBe('/srv/.latchkey')
  expect(restingPlace('pglite:/srv/db')).toBe('/srv/.latchkey')
  expect(restingPlace('postgres://h/db')).toBe(join(process.cwd(), '.latchkey'))
  expect(restingPlace('pglite::memory:')).toBeNull()
  expect(restingPlace('sqlite:x')).toBe('no database')
})

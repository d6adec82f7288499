import { describe, expect, it } from 'vitest'
import { can, hasRole } from '../src/index.js'
import { credentials, openClient } from './open-client.js'

describe('PEERS “RBAC / claim helpers” a role is had where the subject names it', () => {
  it.each<[unknown, boolean]>([
    [{ role: 'admin' }, true],
    [{ roles: ['user', 'admin'] }, true],
    [{ roles: 'admin' }, true],
    [{ role: ['admin'] }, true],
    [{ role: 'user', roles: ['admin'] }, true],
    [{ role: 'administrator' }, false],
    [{ role: 'Admin' }, false],
    [{ role: 'user admin' }, false],
    [{ roles: [['admin']] }, false],
    [{ role: true }, false],
    [{ role: { admin: true } }, false],
    [{ permissions: ['admin'], scope: 'admin' }, false],
    [{}, false],
    [null, false],
    [undefined, false],
    ['admin', false],
    [['admin'], false],
  ])('%j: %s', (subject, verdict) => expect(hasRole(subject, 'admin')).toBe(verdict))
})

describe('PEERS “RBAC / claim helpers” a permission is had where the subject lists it', () => {
  it.each<[unknown, boolean]>([
    [{ permissions: ['posts:write', 'posts:read'] }, true],
    [{ scope: 'posts:write posts:read' }, true],
    [{ scope: ['posts:read'] }, true],
    [{ permissions: 'posts:read' }, true],
    [{ permissions: 'posts:write posts:read' }, false],
    [{ scope: 'posts:readers' }, false],
    [{ scope: 'posts' }, false],
    [{ scope: 7 }, false],
    [{ role: 'posts:read' }, false],
    [null, false],
  ])('%j: %s', (subject, verdict) => expect(can(subject, 'posts:read')).toBe(verdict))
})

describe('F36 C34 nothing but an own field grants anything', () => {
  it('an inherited role or permission is none', () => {
    const inherited: unknown = Object.create({ role: 'admin', permissions: ['posts:read'] })
    expect(hasRole(inherited, 'admin')).toBe(false)
    expect(can(inherited, 'posts:read')).toBe(false)
  })
  it('nor is one that JSON hides under __proto__ or constructor', () => {
    const subject: unknown = JSON.parse('{"__proto__":{"role":"admin"},"constructor":{"prototype":{"role":"admin"}}}')
    expect(hasRole(subject, 'admin')).toBe(false)
    expect(hasRole({ ...(subject as object) }, 'admin')).toBe(false)
  })
  it('the empty name is never granted', () => {
    expect(hasRole({ role: '', roles: [''] }, '')).toBe(false)
    expect(can({ scope: '', permissions: [''] }, '')).toBe(false)
    expect(can({ scope: 'a  b' }, '')).toBe(false)
  })
})

describe('a client', () => {
  it('grants what the user or the token’s claims name, while somebody is signed in, and nothing else', async () => {
    const { auth } = openClient()
    expect(auth.hasRole('user')).toBe(false)
    await auth.login(credentials)
    expect([auth.hasRole('user'), auth.can('posts:read')]).toEqual([true, true])
    expect([auth.hasRole('admin'), auth.can('posts:write')]).toEqual([false, false])
    await auth.logout()
    expect([auth.hasRole('user'), auth.can('posts:read')]).toEqual([false, false])
  })
})

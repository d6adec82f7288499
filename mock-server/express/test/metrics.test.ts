// What Prometheus reads: counts by route and event, nothing that a caller wrote, and only where it was asked for.
import { createMemoryStore } from '@latchkey/engine'
import { describe, expect, it } from 'vitest'
import { aServer, noLimits, type Setting } from './settings.js'
import { aMember, aVisitor, password } from './visitor.js'

const store = createMemoryStore
const measured = (setting: Setting = {}) =>
  aServer({ store: store(), ...setting, env: { METRICS_PORT: '0', ...setting.env } })
const read = async (url: string | null) => (await fetch(url ?? 'no metrics')).text()
/** The value of a series; null where there is none. */
const valueOf = (text: string, series: string) =>
  text
    .split('\n')
    .find((line) => line.startsWith(`${series} `))
    ?.slice(series.length + 1) ?? null

describe('metrics', () => {
  it('are off by default, and never on the port that the world reaches', async () => {
    const server = await aServer({ store: store() })
    expect(server.metricsUrl).toBeNull()
    expect((await fetch(`${server.url}/metrics`)).status).toBe(404)
    await server.stop()

    const counting = await measured()
    expect((await fetch(`${counting.url}/metrics`)).status).toBe(404)
    expect(counting.metricsUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/)
    expect((await fetch(`${counting.metricsUrl}/more`)).status).toBe(404)
    expect(await read(counting.metricsUrl)).toContain('process_cpu_seconds_total')
    await counting.stop()
    await expect(read(counting.metricsUrl)).rejects.toThrow('fetch failed')
  })

  it('count logins, refreshes by verdict, reuse and rate limits', async () => {
    const narrow = { points: 1, seconds: 60 }
    const server = await measured({
      env: { ROTATION_GRACE_SECONDS: '0' },
      limits: { ...noLimits, credentialPerAccountAndIp: narrow },
    })
    const fresh = await read(server.metricsUrl)
    expect(valueOf(fresh, 'latchkey_events_total{type="reuse_detected"}')).toBe('0')

    const member = await aMember(server.url)
    const thief = member.twin()
    await member.post('/auth/refresh')
    await member.post('/auth/refresh/ack')
    await member.post('/auth/refresh')
    await thief.post('/auth/refresh')
    await aVisitor(server.url).post('/auth/refresh')
    await aVisitor(server.url).post('/auth/login', { email: member.email, password })
    for (let guess = 0; guess < 3; guess += 1) {
      await aVisitor(server.url).post('/auth/login', { email: member.email, password: 'wrong' })
    }
    const text = await read(server.metricsUrl)
    await server.stop()
    const events = ['registered', 'logged_in', 'login_refused', 'refreshed', 'reuse_detected']
    expect(events.map((type) => valueOf(text, `latchkey_events_total{type="${type}"}`))).toEqual([
      '1',
      '1',
      '1',
      '2',
      '1',
    ])
    const refused = (route: string, code: string) =>
      valueOf(text, `latchkey_refusals_total{route="${route}",code="${code}"}`)
    expect(refused('refresh', 'session_revoked')).toBe('1')
    expect(refused('refresh', 'no_session')).toBe('1')
    expect(refused('login', 'rate_limited')).toBe('2')
    const timed = (labels: string) => valueOf(text, `latchkey_http_request_duration_seconds_count{${labels}}`)
    expect(timed('route="refresh",status="2xx"')).toBe('2')
    expect(timed('route="refresh",status="4xx"')).toBe('2')
  })

  it('hold no token, address, id or path that a caller chose (S36)', async () => {
    const server = await measured({
      mount: (app) => void app.get('/projects/:id', (_request, response) => void response.end()),
    })
    const member = await aMember(server.url)
    await member.go(`/auth/sessions/${member.token}`, { method: 'DELETE' })
    await member.go('/projects/canary-project')
    await member.go('/canary-path?token=canary-query')
    await member.go('/auth/login', { method: 'OPTIONS' })
    await member.go('/auth/login', { method: 'PUT', headers: { 'x-request-id': 'canary-id' } })
    const text = await read(server.metricsUrl)
    await server.stop()
    for (const secret of ['canary', member.token, member.email, member.cookie.split('=')[1] ?? 'no cookie']) {
      expect(text).not.toContain(secret)
    }
    const routes = [...text.matchAll(/latchkey_http_request_duration_seconds_count\{route="([^"]*)"/g)]
    expect(routes.map(([, route = '']) => route).toSorted((a, b) => a.localeCompare(b))).toEqual([
      '/projects/:id',
      'endSession',
      'other',
      'other',
      'register',
    ])
  })
})

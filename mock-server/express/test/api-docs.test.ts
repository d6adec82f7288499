// The document and its page as a stranger gets them.
import { createMemoryStore } from '@latchkey/engine'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openApiDocument } from '../src/openapi.js'
import type { RunningServer } from '../src/start-server.js'
import { aServer } from './settings.js'

let server: RunningServer
beforeAll(async () => {
  server = await aServer({ store: createMemoryStore() })
})
afterAll(() => server.stop())

describe('/openapi.json', () => {
  it('is the document of the routes that the server answers, with the cookie that it sets', async () => {
    const response = await fetch(`${server.url}/openapi.json`)
    const document: unknown = await response.json()
    expect(document).toEqual(
      JSON.parse(JSON.stringify(openApiDocument(server.engine.routes, { cookieName: 'latchkey_refresh' }))),
    )
    expect(response.headers.get('content-type')).toMatch(/^application\/json/)
  })

  it('knows no cookie in body mode', async () => {
    const bodily = await aServer({ store: createMemoryStore(), env: { TOKEN_TRANSPORT: 'body' } })
    const text = await (await fetch(`${bodily.url}/openapi.json`)).text()
    await bodily.stop()
    expect(text).not.toContain('"cookie"')
    expect(text).not.toContain('X-Latchkey')
  })
})

describe('/docs', () => {
  it('is a page that may load its own files alone: no CDN, nothing inline (B39)', async () => {
    const response = await fetch(`${server.url}/docs`)
    const html = await response.text()
    expect([response.status, response.url]).toEqual([200, `${server.url}/docs/`])
    expect(html).not.toMatch(/https?:|<style|style=|<script>|onload=/)
    expect(response.headers.get('content-security-policy')).toMatchInlineSnapshot(
      `"default-src 'none';script-src 'self';style-src 'self';img-src 'self' data:;connect-src 'self';base-uri 'none';form-action 'none';frame-ancestors 'none'"`,
    )
    for (const [, file = ''] of html.matchAll(/(?:src|href)="\.\/([^"]+)"/g)) {
      expect([file, (await fetch(`${server.url}/docs/${file}`)).status]).toEqual([file, 200])
    }
  })

  it('loosens no other reply, its own files and the 404 beneath it included', async () => {
    for (const path of ['/openapi.json', '/docs/swagger-ui.css', '/docs/oauth2-redirect.html', '/docs/nothing']) {
      const { headers } = await fetch(server.url + path)
      expect(headers.get('content-security-policy')).toBe("default-src 'none';frame-ancestors 'none'")
    }
    expect((await fetch(`${server.url}/docs/nothing`)).status).toBe(404)
  })
})

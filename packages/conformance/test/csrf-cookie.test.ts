// A backend with a session cookie and a CSRF cookie, as Laravel has them: the kit reads the second as a page does.
import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, expect, it } from 'vitest'
import { runCommand } from '../src/command.js'

/** Sanctum's routes: 204 and a session for who sends the cookie back in the header, 419 for everybody else. */
async function openSanctum(checksCsrf: boolean): Promise<string> {
  const accounts = new Map<string, string>()
  const sessions = new Map<string, string>()
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Uint8Array[] = []
      for await (const chunk of request) chunks.push(chunk as Uint8Array)
      const content = Buffer.concat(chunks).toString()
      const said = (content.startsWith('{') ? JSON.parse(content) : {}) as { email?: string; password?: string }
      const cookie = (name: string): string =>
        new RegExp(`${name}=([^;]*)`).exec(request.headers.cookie ?? '')?.[1] ?? ''
      const answer = (status: number, body?: object, ...cookies: readonly string[]): void => {
        response.writeHead(status, { 'Content-Type': 'application/json', 'Set-Cookie': [...cookies] })
        response.end(body && JSON.stringify(body))
      }
      const email = sessions.get(cookie('laravel_session'))
      if (request.url === '/sanctum/csrf-cookie')
        return answer(204, undefined, `XSRF-TOKEN=${randomBytes(9).toString('hex')}%3D; Path=/; SameSite=Lax`)
      if (request.method === 'GET')
        return email === undefined ? answer(401, { message: 'Unauthenticated.' }) : answer(200, { id: 1, email })
      const isOurs = request.headers['x-xsrf-token'] === decodeURIComponent(cookie('XSRF-TOKEN'))
      if (checksCsrf && (!isOurs || cookie('XSRF-TOKEN') === ''))
        return answer(419, { message: 'CSRF token mismatch.' })
      if (request.url === '/register') accounts.set(said.email ?? '', said.password ?? '')
      if (request.url === '/logout') {
        sessions.delete(cookie('laravel_session'))
        return answer(204, undefined, 'laravel_session=; Path=/; Max-Age=0; HttpOnly')
      }
      if (accounts.get(said.email ?? '') !== said.password)
        return answer(422, { message: 'These credentials do not match.' })
      const session = randomBytes(20).toString('hex')
      sessions.set(session, said.email ?? '')
      return answer(204, undefined, `laravel_session=${session}; Path=/; HttpOnly; SameSite=None`)
    })()
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function verdicts(url: string): Promise<Readonly<Record<string, string>>> {
  let out = ''
  const args = [url, '--profile', 'sanctum-spa', '--json', '--only', 'login,bearer,csrf,logout']
  await runCommand(args, { out: (text) => void (out += text), err: () => undefined, env: {}, isTerminal: false })
  const { findings } = JSON.parse(out) as { findings: readonly { id: string; verdict: string }[] }
  return Object.fromEntries(findings.map(({ id, verdict }) => [id, verdict]))
}

it('a profile with a CSRF cookie registers, signs in and out, and another site’s form does not get through', async () => {
  expect(await verdicts(await openSanctum(true))).toMatchObject({ login: 'pass', logout: 'pass', csrf: 'pass' })
})

it('csrf fails where the backend does not compare the cookie, and the session goes with every form', async () => {
  expect(await verdicts(await openSanctum(false))).toMatchObject({ login: 'pass', csrf: 'fail' })
})

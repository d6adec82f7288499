// A real SMTP server on a free port that keeps what it is sent, or refuses it.
import { SMTPServer } from 'smtp-server'

type Caught = { readonly from: string; readonly to: readonly string[]; readonly raw: string }

export type Catcher = {
  readonly url: string
  readonly caught: readonly Caught[]
  readonly close: () => Promise<void>
}

/** Takes mails from anybody; with `refuse` it answers every one of them with that and 550. */
export async function aCatcher(refuse?: string): Promise<Catcher> {
  const caught: Caught[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData: (stream, session, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => void chunks.push(chunk))
      stream.on('end', () => {
        const raw = Buffer.concat(chunks).toString('utf8')
        const { mailFrom, rcptTo } = session.envelope
        caught.push({ from: mailFrom === false ? '' : mailFrom.address, to: rcptTo.map(({ address }) => address), raw })
        done(refuse === undefined ? null : Object.assign(new Error(`${refuse} ${raw}`), { responseCode: 550 }))
      })
    },
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const address = server.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `smtp://127.0.0.1:${port}`,
    caught,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
      }),
  }
}

/** The text part of a mail, its quoted-printable undone. */
export const textOf = (raw: string): string =>
  (/content-type: text\/plain[^]*?\r\n\r\n([^]*?)\r\n--/i.exec(raw)?.[1] ?? '')
    .replaceAll(/=\r\n/g, '')
    .replaceAll(/=([\dA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))

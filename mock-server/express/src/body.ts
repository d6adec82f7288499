// Reads a JSON body, and only that. Its secret: refusing early, so that an endless upload holds nothing (B10, B35, S3).
import type { IncomingMessage } from 'node:http'
import type { Reply } from '@latchkey/engine'
import { refusal } from './refusal.js'

/** The largest body, in bytes. */
const limit = 16 * 1024

/** What a request carries: parsed JSON (undefined where there is no body), or the refusal to send. */
export type BodyReading = { readonly body: unknown } | { readonly refused: Reply }

const tooLarge = () =>
  // The rest is not read: the connection ends with the reply.
  refusal(413, 'payload_too_large', `The body is larger than ${limit} bytes.`, { connection: 'close' })

/** Node unpacks chunks and nothing else; another reader on the way may know more codings (RFC 9112 section 6.1). */
const coded = () => refusal(400, 'bad_request', 'The only transfer coding here is chunked.', { connection: 'close' })

/** Reads at most 16 KB of `application/json` in UTF-8. A body that the app's own parser has read is taken as it is. */
export async function readBody(request: IncomingMessage & { readonly body?: unknown }): Promise<BodyReading> {
  if (request.body !== undefined) return { body: request.body }
  const coding = request.headers['transfer-encoding']
  if (coding !== undefined && coding.toLowerCase() !== 'chunked') return { refused: coded() }
  const length = Number(request.headers['content-length'] ?? 0)
  if (length === 0 && request.headers['transfer-encoding'] === undefined) return { body: undefined }
  if (length > limit) return { refused: tooLarge() }
  const bytes = await collect(request)
  if (bytes === null) return { refused: tooLarge() }
  if (bytes.byteLength === 0) return { body: undefined }
  if (!isJson(request.headers)) {
    return {
      refused: refusal(415, 'unsupported_media_type', 'The body must be application/json in UTF-8, not compressed.'),
    }
  }
  return parse(bytes)
}

/** Exactly the media type, for browsers send others across origins without asking first. */
function isJson(headers: IncomingMessage['headers']): boolean {
  const [type = '', ...parameters] = (headers['content-type'] ?? '').toLowerCase().split(';')
  const charset = parameters.map((each) => each.trim()).find((each) => each.startsWith('charset='))
  const isUtf8 = charset === undefined || /^charset="?utf-?8"?$/.test(charset)
  return type.trim() === 'application/json' && isUtf8 && (headers['content-encoding'] ?? 'identity') === 'identity'
}

async function collect(request: IncomingMessage): Promise<Uint8Array | null> {
  const chunks: Buffer[] = []
  let size = 0
  // Leaving the loop must not destroy the request: its reply is still to be sent.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.byteLength
    if (size > limit) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function parse(bytes: Uint8Array): BodyReading {
  try {
    return { body: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown }
  } catch (error) {
    if (!(error instanceof SyntaxError) && !(error instanceof TypeError)) throw error
    return { refused: refusal(400, 'bad_request', 'The body is not JSON.') }
  }
}

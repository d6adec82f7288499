// An authenticator in software: it makes real key pairs and real signatures, and can be told to misbehave.
import { isoCBOR } from '@simplewebauthn/server/helpers'

type Flags = { readonly userPresent?: boolean; readonly userVerified?: boolean; readonly backupEligible?: boolean }

/** What a test changes of an honest answer. */
export type Twist = Flags & {
  readonly origin?: string
  readonly rpId?: string
  readonly type?: string
  readonly challenge?: string
  readonly counter?: number
  readonly userHandle?: string
}

type CreationOptions = {
  readonly challenge: string
  readonly rp: { readonly id?: string }
  readonly user: { readonly id: string }
}
type RequestOptions = { readonly challenge: string; readonly rpId?: string }

export type Credential = {
  readonly id: string
  /** As `navigator.credentials.create` would answer. */
  readonly attestation: Readonly<Record<string, unknown>>
  /** As `navigator.credentials.get` would answer. */
  readonly assert: (options: RequestOptions, twist?: Twist) => Promise<Readonly<Record<string, unknown>>>
}

const utf8 = new TextEncoder()
const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')
const sha256 = async (bytes: Uint8Array): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(bytes)))
const concat = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts))

function bigEndian(value: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => Math.floor(value / 256 ** (length - 1 - at)) % 256)
}

/** Makes a passkey as a platform authenticator of a page at `origin` would. */
export async function createCredential(
  options: CreationOptions,
  origin: string,
  twist: Twist = {},
): Promise<Credential> {
  const { publicKey, privateKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
    'sign',
  ])
  const { x = '', y = '' } = await crypto.subtle.exportKey('jwk', publicKey)
  const id = crypto.getRandomValues(new Uint8Array(32))
  const cose = isoCBOR.encode(
    new Map<number, number | Uint8Array>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, new Uint8Array(Buffer.from(x, 'base64url'))],
      [-3, new Uint8Array(Buffer.from(y, 'base64url'))],
    ]),
  )
  let counter = 0

  const rpId = twist.rpId ?? options.rp.id ?? ''
  const attested = concat(new Uint8Array(16), bigEndian(id.length, 2), id, cose)
  const authData = concat(await header(rpId, twist, 0, true), attested)
  const attestationObject = isoCBOR.encode(
    new Map<string, unknown>([
      ['fmt', 'none'],
      ['attStmt', new Map()],
      ['authData', authData],
    ]) as Parameters<typeof isoCBOR.encode>[0],
  )

  return {
    id: base64url(id),
    attestation: {
      id: base64url(id),
      rawId: base64url(id),
      type: 'public-key',
      clientExtensionResults: {},
      authenticatorAttachment: 'platform',
      response: {
        clientDataJSON: base64url(clientData('webauthn.create', options.challenge, origin, twist)),
        attestationObject: base64url(attestationObject),
        transports: ['internal', 'hybrid'],
      },
    },
    assert: async (asked, bent = {}) => {
      counter += 1
      const client = clientData('webauthn.get', asked.challenge, origin, bent)
      const authenticatorData = await header(bent.rpId ?? asked.rpId ?? rpId, bent, bent.counter ?? counter, false)
      const signed = concat(authenticatorData, await sha256(client))
      const raw = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, privateKey, new Uint8Array(signed))
      return {
        id: base64url(id),
        rawId: base64url(id),
        type: 'public-key',
        clientExtensionResults: {},
        response: {
          clientDataJSON: base64url(client),
          authenticatorData: base64url(authenticatorData),
          signature: base64url(der(new Uint8Array(raw))),
          userHandle: bent.userHandle ?? options.user.id,
        },
      }
    },
  }
}

async function header(rpId: string, flags: Flags, counter: number, attested: boolean): Promise<Uint8Array> {
  const { userPresent = true, userVerified = true, backupEligible = false } = flags
  const bits =
    (userPresent ? 0x01 : 0) | (userVerified ? 0x04 : 0) | (backupEligible ? 0x18 : 0) | (attested ? 0x40 : 0)
  return concat(await sha256(utf8.encode(rpId)), Uint8Array.of(bits), bigEndian(counter, 4))
}

const clientData = (type: string, challenge: string, origin: string, twist: Twist): Uint8Array =>
  utf8.encode(
    JSON.stringify({ type, challenge, origin, crossOrigin: false, ...only(twist, 'type', 'challenge', 'origin') }),
  )

const only = (twist: Twist, ...names: readonly (keyof Twist)[]) =>
  Object.fromEntries(names.flatMap((name) => (twist[name] === undefined ? [] : [[name, twist[name]]])))

/** r and s as ASN.1 integers in a sequence, as WebAuthn wants them. */
function der(raw: Uint8Array): Uint8Array {
  const integer = (bytes: Uint8Array): Uint8Array => {
    const first = bytes.findIndex((byte) => byte !== 0)
    const trimmed = bytes.subarray(first === -1 ? bytes.length - 1 : first)
    const padded = (trimmed[0] ?? 0) > 0x7f ? concat(Uint8Array.of(0), trimmed) : trimmed
    return concat(Uint8Array.of(0x02, padded.length), padded)
  }
  const body = concat(integer(raw.subarray(0, 32)), integer(raw.subarray(32)))
  return concat(Uint8Array.of(0x30, body.length), body)
}

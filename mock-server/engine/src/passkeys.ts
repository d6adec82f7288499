// Passkeys (WebAuthn), by SimpleWebAuthn. Its secret: every answer uses up the challenge that it was made for, before it is looked at.
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server'
import { type ChallengePurpose, challengeLifetime, type Challenges } from './challenges.js'
import { millisecondsOf, type EngineClock } from './clock.js'
import { base64url, bytesOf, fromBase64url } from './encoding.js'
import type { Passkey, PasskeyStore } from './passkey-store.js'
import type { Account } from './store.js'

/** Where passkeys are good: the domain they are bound to, and the origins of the pages that may use them. */
type PasskeyPlace = { readonly rpId: string; readonly origins: readonly string[] }

/** A passkey that answered right; `amr` as RFC 8176 names it. */
type Proof = { readonly passkey: Passkey; readonly amr: readonly string[] }

/** Makes what `navigator.credentials` is asked, and looks at its answers; null for an answer that is no good. */
export type Passkeys = {
  readonly invite: (account: Account) => Promise<PublicKeyCredentialCreationOptionsJSON>
  /** The new passkey; null too where the credential is registered already. */
  readonly register: (account: Account, answer: RegistrationResponseJSON, name: string) => Promise<Passkey | null>
  /** For a login without a password; for the second step of the account's where one is given. */
  readonly ask: (accountId: string | null) => Promise<PublicKeyCredentialRequestOptionsJSON>
  /** Proves whoever holds the passkey: by the authenticator's own PIN or touch for a login, by its presence as second factor. */
  readonly prove: (answer: AuthenticationResponseJSON, accountId: string | null) => Promise<Proof | null>
}

export type PasskeyParts = {
  readonly store: PasskeyStore
  readonly challenges: Challenges
  readonly clock: EngineClock
  readonly place: PasskeyPlace
  readonly appName: string
}

/** Loaded at the first use: who has no passkeys does not carry the parsers of certificates. */
const webauthn = () => import('@simplewebauthn/server')

/** COSE: EdDSA, ES256, RS256. What is not listed is not asked for, nor taken. */
const supportedAlgorithmIDs = [-8, -7, -257]

const purposeFor = (accountId: string | null): ChallengePurpose =>
  accountId === null ? 'passkey-login' : 'passkey-second-factor'

/** The passkeys of every account in the store. */
export function createPasskeys({ store, challenges, clock, place, appName }: PasskeyParts): Passkeys {
  const timeout = challengeLifetime * 1000
  const expected = { expectedOrigin: [...place.origins], expectedRPID: place.rpId }

  /** The challenge that an answer was made for, if it lives and was put to that account; it is used up. */
  const spend = async (clientData: string, purpose: ChallengePurpose, accountId: string | null) => {
    const text = challengeIn(clientData)
    const challenge = text === null ? null : await challenges.spend(text, purpose)
    return challenge !== null && challenge.accountId === accountId ? text : null
  }

  return {
    invite: async ({ id, email, displayName }) => {
      const [{ generateRegistrationOptions }, known, challenge] = await Promise.all([
        webauthn(),
        store.passkeysOf(id),
        challenges.issue('passkey-registration', id),
      ])
      return generateRegistrationOptions({
        rpName: appName,
        rpID: place.rpId,
        userName: email,
        userDisplayName: displayName ?? email,
        userID: bytesOf(id),
        challenge: fromBase64url(challenge),
        timeout,
        supportedAlgorithmIDs,
        excludeCredentials: known.map(descriptorOf),
        authenticatorSelection: { residentKey: 'required', userVerification: 'preferred' },
      })
    },
    register: async ({ id: accountId }, answer, name) => {
      const expectedChallenge = await spend(answer.response.clientDataJSON, 'passkey-registration', accountId)
      if (expectedChallenge === null) return null
      const { verifyRegistrationResponse } = await webauthn()
      const verified = await orNull(() =>
        verifyRegistrationResponse({
          ...expected,
          response: answer,
          expectedChallenge,
          supportedAlgorithmIDs,
          requireUserVerification: false,
        }),
      )
      if (verified?.verified !== true) return null
      const { credential, credentialDeviceType } = verified.registrationInfo
      const passkey: Passkey = {
        id: crypto.randomUUID(),
        accountId,
        credentialId: credential.id,
        publicKey: base64url(credential.publicKey),
        counter: credential.counter,
        transports: (answer.response.transports ?? []).join(' '),
        isSynced: credentialDeviceType === 'multiDevice',
        name,
        createdAt: millisecondsOf(clock),
        lastUsedAt: null,
      }
      return (await store.insertPasskey(passkey)) ? passkey : null
    },
    ask: async (accountId) => {
      const [{ generateAuthenticationOptions }, known, challenge] = await Promise.all([
        webauthn(),
        accountId === null ? [] : store.passkeysOf(accountId),
        challenges.issue(purposeFor(accountId), accountId),
      ])
      return generateAuthenticationOptions({
        rpID: place.rpId,
        challenge: fromBase64url(challenge),
        timeout,
        allowCredentials: known.map(descriptorOf),
        userVerification: accountId === null ? 'required' : 'preferred',
      })
    },
    prove: async (answer, accountId) => {
      const expectedChallenge = await spend(answer.response.clientDataJSON, purposeFor(accountId), accountId)
      if (expectedChallenge === null) return null
      const passkey = await store.passkeyByCredential(answer.id)
      if (passkey === null || (accountId !== null && passkey.accountId !== accountId)) return null
      if (!isHandleOf(passkey, answer.response.userHandle)) return null
      const { verifyAuthenticationResponse } = await webauthn()
      const verified = await orNull(() =>
        verifyAuthenticationResponse({
          ...expected,
          response: answer,
          expectedChallenge,
          credential: {
            id: passkey.credentialId,
            publicKey: fromBase64url(passkey.publicKey),
            counter: passkey.counter,
          },
          requireUserVerification: accountId === null,
        }),
      )
      if (verified?.verified !== true) return null
      const { newCounter } = verified.authenticationInfo
      const isFirst = await store.usePasskey(passkey.id, passkey.counter, newCounter, millisecondsOf(clock))
      const amr = [passkey.isSynced ? 'swk' : 'hwk', ...(accountId === null ? ['user'] : []), 'mfa']
      return isFirst ? { passkey, amr } : null
    },
  }
}

const descriptorOf = ({ credentialId, transports }: Passkey) => ({
  id: credentialId,
  ...(transports === '' ? {} : { transports: transports.split(' ') }),
})

/** Discoverable credentials say whose they are; others say nothing. */
const isHandleOf = ({ accountId }: Passkey, handle: string | undefined): boolean =>
  handle === undefined || handle === '' || handle === base64url(bytesOf(accountId))

/** The library refuses by throwing plain errors, and so do its parsers where the bytes are no sense: nothing here can tell more. */
async function orNull<Result>(verify: () => Promise<Result>): Promise<Result | null> {
  try {
    return await verify()
  } catch {
    return null
  }
}

/** The challenge that the browser says it answers; whether it does is for the signature to say. */
function challengeIn(clientData: string): string | null {
  try {
    const { challenge } = JSON.parse(new TextDecoder().decode(fromBase64url(clientData))) as { challenge?: unknown }
    return typeof challenge === 'string' ? challenge : null
  } catch (cause) {
    if (cause instanceof SyntaxError || cause instanceof DOMException || cause instanceof TypeError) return null
    throw cause
  }
}

import { ask, json } from './problem.js';

export function canUsePasskeys() {
  return (
    // https://www.w3.org/TR/webauthn-3/#rp-id: a passkey belongs to a domain, never to an address
    !/^[\d.]+$|:/.test(location.hostname) &&
    typeof PublicKeyCredential === 'function' &&
    'parseRequestOptionsFromJSON' in PublicKeyCredential
  );
}

/** What the browser’s passkey answers to a challenge of the service. */
export async function askForPasskey() {
  const response = await ask('/v1/auth/passkeys/login/options', json('POST', {}));
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(await response.json());
  try {
    return (await navigator.credentials.get({ publicKey })).toJSON();
  } catch (error) {
    throw new Error('No passkey was used.', { cause: error });
  }
}

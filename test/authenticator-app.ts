import { generateSync } from 'otplib';

/** What the owner's telephone does with the address in the QR code (RFC 6238). */
export class AuthenticatorApp {
  readonly uri: URL;
  private readonly secret: string;

  constructor(otpauthUri: string) {
    this.uri = new URL(otpauthUri);
    this.secret = this.uri.searchParams.get('secret')!;
  }

  /** The code of this moment, or of so many time steps later. */
  code(steps = 0): string {
    const epoch = Math.floor(Date.now() / 1_000) + steps * 30;
    return generateSync({ secret: this.secret, epoch });
  }

  /** Six digits that are the code of no step nearby. */
  wrongCode(): string {
    const right = new Set([-2, -1, 0, 1, 2].map((steps) => this.code(steps)));
    return ['000000', '111111', '222222', '333333', '444444', '555555'].find(
      (code) => !right.has(code),
    )!;
  }
}

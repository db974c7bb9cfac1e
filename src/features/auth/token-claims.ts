/** What an access token says of who shows it. */
export interface AccessClaims {
  readonly userId: string;
  readonly sessionId: string;
}

/** Which of a session's refresh tokens: they are numbered, and one number is current. */
export interface RefreshClaims {
  readonly sessionId: string;
  readonly generation: number;
}

/** A sign-in that waits for its second factor. */
export interface PendingClaims {
  readonly userId: string;
  /** What it is taken by, once. */
  readonly ceremony: string;
}

/** A finished letter to one person. */
export interface Letter {
  /** One address, without a name. */
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** A letter on its way, which is the same one however often it is handed over. */
export interface PostedLetter extends Letter {
  readonly id: string;
}

/** Hands letters to whoever carries them. Only the queue calls it; features use `Letters`. */
export abstract class Mailer {
  /** Resolves when the letter is in other hands. Throws `HopelessJob` when those refuse it for good. */
  abstract deliver(letter: PostedLetter): Promise<void>;
}

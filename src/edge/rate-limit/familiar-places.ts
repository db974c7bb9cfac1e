/** Port: where the owners of accounts have signed in before. There, what strangers have used up is not theirs. */
export abstract class FamiliarPlaces {
  /** Whether the account with this address was lately signed in to from the client, of `clientOf`. */
  abstract hasBeenOpenedFrom(client: string, email: string): Promise<boolean>;
}

/** No connection could be had, for whatever reason: the server is away, refuses the login, or is not to be trusted. Nothing was run. */
export class NoConnection extends Error {
  constructor(cause: Error) {
    super(`no connection to the database: ${cause.message}`, { cause });
  }
}

import { runOn } from './postgres-server.mjs';

let runs = 0;

/**
 * The mix of requests, and the account of its writes: each leaves a trace by which it is found in the
 * database afterwards. A registration is a user with one entry in the trail, a sign-in is a session
 * with the user agent that it was made with, and nothing but the service's care keeps it from being
 * opened twice.
 */
export class Writes {
  #accounts;
  #run = ++runs;

  constructor({ accounts }) {
    this.#accounts = accounts;
  }

  next(number) {
    const account = this.#accounts[number % this.#accounts.length];
    const authorised = { authorization: `Bearer ${account.token}`, 'user-agent': 'drill' };
    const id = `drill-${this.#run}-${number}`;
    switch (number % 5) {
      case 0: {
        const body = { email: `${id}@example.com`, password: account.password };
        return {
          kind: 'register',
          id: body.email,
          method: 'POST',
          path: '/v1/auth/register',
          body,
        };
      }
      case 1: {
        const { email, password } = account;
        const headers = { 'user-agent': id };
        const body = { email, password };
        return { kind: 'login', id, method: 'POST', path: '/v1/auth/login', headers, body };
      }
      case 2:
        return { kind: 'read', path: '/v1/auth/sessions', headers: authorised };
      default:
        return { kind: 'read', path: '/v1/users/me', headers: authorised };
    }
  }

  /** Which writes were acknowledged and are not there, and which are there more than once. */
  async count(records, database) {
    const traces = await runOn(database, [
      `SELECT u.email AS id, count(*)::int AS times
         FROM users u LEFT JOIN audit_logs a ON a.subject = u.id::text AND a.action = 'user.registered'
        WHERE u.email LIKE 'drill-${this.#run}-%' GROUP BY u.email
        UNION ALL
       SELECT user_agent, count(*)::int FROM sessions
        WHERE user_agent LIKE 'drill-${this.#run}-%' GROUP BY user_agent`,
    ]);
    const times = new Map(traces.map((trace) => [trace.id, trace.times]));
    const acknowledged = records.filter(
      ({ id, status }) => id !== '' && status >= 200 && status < 300,
    );
    return {
      lost: acknowledged.map(({ id }) => id).filter((id) => !times.has(id)),
      doubled: [...times.keys()].filter((id) => times.get(id) > 1),
    };
  }
}

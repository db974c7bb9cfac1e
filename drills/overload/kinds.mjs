/** Small answers and pages: the mean costs the service 1.5 to 3 ms, twenty to forty times as much as a refusal. */
export const KINDS = {
  account: '/v1/users/me',
  trail: '/v1/audit?limit=100',
  sessions: '/v1/auth/sessions',
};
export const MIX = ['account', 'trail', 'sessions', 'trail'];

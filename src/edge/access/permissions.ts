/**
 * Who may do what. A route names a permission (`@Requires`), never a role. A permission is also a
 * scope that an API key may have; routes without one are for people who signed in.
 */
export const PERMISSIONS = {
  user: ['account:read'],
  support: ['account:read', 'users:list'],
  admin: [
    'account:read',
    'users:list',
    'users:manage',
    'audit:read',
    'operations:read',
    'operations:write',
    'limits:exceed',
  ],
} as const;

export type Role = keyof typeof PERMISSIONS;
export type Permission = (typeof PERMISSIONS)[Role][number];

/** Every permission that some role has. */
export const ALL_PERMISSIONS: readonly Permission[] = [
  ...new Set(Object.values(PERMISSIONS).flat()),
];

export function may(role: Role, permission: Permission): boolean {
  return (PERMISSIONS[role] as readonly Permission[]).includes(permission);
}

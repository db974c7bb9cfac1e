/** Who may do what. A route names a permission (`@Requires`), never a role. */
const PERMISSIONS = {
  user: [],
  support: ['users:list'],
  admin: ['users:list', 'audit:read', 'operations:read', 'operations:write', 'limits:exceed'],
} as const;

export type Role = keyof typeof PERMISSIONS;
export type Permission = (typeof PERMISSIONS)[Role][number];

export function may(role: Role, permission: Permission): boolean {
  return (PERMISSIONS[role] as readonly Permission[]).includes(permission);
}

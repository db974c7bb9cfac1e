import { Header } from '@nestjs/common';
import { permissionsPolicy, type Permissions } from './security-headers.js';

/** Lets the page of a route use what no page may by default, such as `{ camera: ['self'] }` for a call. */
export const PermissionsPolicy = (permissions: Permissions): MethodDecorator =>
  Header('permissions-policy', permissionsPolicy(permissions));

/** From the least to the most: each may do what those before it may. */
export const ROLES = ['read', 'enrol', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Whether somebody with one role may do what asks for another. */
export function allows(has: Role, wanted: Role): boolean {
  return ROLES.indexOf(has) >= ROLES.indexOf(wanted);
}

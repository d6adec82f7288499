// What somebody may do, as far as the page knows; its secret is to deny by default.

/** True where the user or the claims name that role, in `role` or in `roles`. Hides controls; the backend decides. */
export function hasRole(subject: unknown, role: string): boolean {
  return names(subject, 'role', role) || names(subject, 'roles', role)
}

/** True where the user or the claims list that permission, in `permissions` or in `scope` (RFC 8693 §4.2). */
export function can(subject: unknown, permission: string): boolean {
  return names(subject, 'permissions', permission) || names(subject, 'scope', permission)
}

function names(subject: unknown, key: string, wanted: string): boolean {
  const value: unknown = Object.hasOwn(Object(subject), key) && (subject as Record<string, unknown>)[key]
  const listed = typeof value === 'string' ? (key === 'scope' ? value.split(' ') : [value]) : value
  return wanted !== '' && Array.isArray(listed) && listed.includes(wanted)
}

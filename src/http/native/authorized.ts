import { aboutMember, type NativeLevel } from '../emission/native-facts.js'
import type { Permission } from '../permission.js'
import { both } from '../permissions.js'

/**
 * The rule of `@Authorized(…)` of routing-controllers: somebody is signed in, and has one of the roles where it names
 * any.
 */
function authorized(roles: readonly string[]): Permission<unknown> {
  return Object.freeze({
    name: `authorized(${roles.join(', ')})`,
    allows: ({ user }: Parameters<Permission['allows']>[0]) =>
      user !== null && (roles.length === 0 || roles.some((role) => user.roles.includes(role))),
  })
}

/**
 * The rules of every `@Authorized` that concerns an action: those above the class and all its ancestors, and those above
 * the method since its declaration. Each of them must be met.
 */
export function authorizations(
  levels: readonly NativeLevel[],
  declared: readonly NativeLevel[],
  name: string,
): readonly Permission<unknown>[] {
  if (levels.every(({ handlers }) => handlers.length === 0)) return []
  const entries = [
    ...levels.flatMap(({ handlers }) => aboutMember(handlers, undefined)),
    ...declared.flatMap(({ handlers }) => aboutMember(handlers, name)),
  ]
  return entries
    .filter(({ type }) => type === 'authorized')
    .map(({ value }) => authorized([(value ?? []) as string | readonly string[]].flat()))
}

/** The rule that is met where each of several is; undefined where there is none. */
export function allOf(permissions: readonly Permission[]): Permission | undefined {
  return permissions.length === 0 ? undefined : permissions.reduce((first, second) => both(first, second))
}

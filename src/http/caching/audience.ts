import type { User } from '../call.js'
import type { Exchange } from '../exchange.js'
import type { CacheFact } from './cache-fact.js'
import { distinctText } from './distinct-text.js'

/**
 * A text that those have who see the same.
 * @throws {UnseenError} where a user, or what a function gave, has something that cannot be seen.
 */
export function audienceOf(exchange: Exchange, vary: CacheFact['vary']): string {
  if (vary === 'public') return 'public'
  const { user } = exchange
  if (typeof vary === 'function') return distinctText([vary(exchange), rolesOf(user)])
  // All that an application knows of its users may decide what they see.
  return distinctText(user ? [user.id, rolesOf(user), user] : null)
}

const rolesOf = (user: User | null): readonly string[] => [...(user?.roles ?? [])].sort()

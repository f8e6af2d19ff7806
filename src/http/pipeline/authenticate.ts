import { UsageError } from '../../errors/usage-error.js'
import { actingAs, isActor } from '../../helpers/actor.js'
import { adopted, andThen } from '../../helpers/awaitable.js'
import type { User } from '../call.js'
import type { PipelineHost } from '../host.js'
import type { Run } from '../step.js'

/**
 * Finds out, once, who makes the request; all that it does is done by them.
 * @throws {UsageError} `E_ACTOR`, when the step runs, for an answer that is neither a user nor nobody, who would count as signed in.
 */
export function authenticate(host: PipelineHost): Run | undefined {
  if (!host.authenticate) return undefined
  return (exchange) =>
    andThen(adopted(host.authenticate!(exchange)), (answer) => {
      const user = userOf(answer)
      exchange.user = user
      actingAs.set(user)
    })
}

/** Nothing is nobody, as in programs without types. */
function userOf(answer: User | null | undefined): User | null {
  if (answer === null || answer === undefined) return null
  if (isActor(answer) && Array.isArray(answer.roles)) return answer
  throw new UsageError(
    'E_ACTOR',
    '`authenticate` answered something that is no user: it must answer { id, roles }, whose id is a text of 1 to 255 ' +
      'characters and whose roles are a list, or null where nobody is signed in.',
  )
}

import type { ViewSetPlan } from './emission/planned-action.js'
import type { PipelineHost } from './host.js'

/** Warns of actions that nobody can call, because they ask for a user in an application that knows none. */
export function warnOfNobody(plans: readonly ViewSetPlan[], host: PipelineHost): void {
  if (host.authenticate) return
  const closed = plans.flatMap(({ actions }) => actions.filter(({ model }) => model.permission.needsUser))
  if (closed.length === 0) return
  host.logger.warn('Nobody can call actions that ask for a user: give the application `authenticate`.', {
    actions: closed.map(({ model: { viewSet, name, permission } }) => `${viewSet.name}.${name} (${permission.name})`),
    place: closed[0]?.model.place,
  })
}

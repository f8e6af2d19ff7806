import type { Mistakes } from '../../errors/definition-error.js'
import { verifyNamesBeside } from '../../serializer/verify-names.js'
import type { ActionModel } from '../action-model.js'
import type { CompiledModel } from '../pipeline/compiled-model.js'

/** Adds a verb or view that an action names and its entity does not have. */
export function verifyVerbAndView(
  { verb, view, viewSet, name, place }: ActionModel,
  { entity, serializer }: CompiledModel,
  mistakes: Mistakes,
): void {
  const about = { subject: `${viewSet.name}.${name}`, places: [place] }
  if (verb !== undefined && !Object.hasOwn(entity.verbs, verb)) {
    mistakes.add({
      ...about,
      code: 'E_UNKNOWN_VERB',
      problem: `${entity.name} has no verb "${verb}".`,
      remedy: oneOf('verb', Object.keys(entity.verbs)),
    })
  }
  const input = (verb !== undefined && entity.verbs[verb]?.input) || {}
  verifyNamesBeside({ ...about, place, names: Object.keys(input) }, serializer.naming, mistakes)
  if (view === undefined) return
  const found = entity.views[view]
  if (!found) {
    mistakes.add({
      ...about,
      code: 'E_UNKNOWN_VIEW',
      problem: `${entity.name} has no view "${view}".`,
      remedy: oneOf('view', Object.keys(entity.views)),
    })
  } else if (found.make) {
    mistakes.add({
      ...about,
      code: 'E_UNKNOWN_VIEW',
      problem: `the view "${view}" must be given something, which a route has not.`,
      remedy: 'Name a view that needs nothing.',
    })
  }
}

const oneOf = (kind: 'verb' | 'view', names: readonly string[]): string =>
  names.length > 0
    ? `Name one that its traits have: ${names.join(', ')}.`
    : `Give the entity a trait that has this ${kind}; those it has have none.`

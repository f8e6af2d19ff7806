import { DefinitionError } from '../../errors/definition-error.js'
import type { Model } from '../../model/model.js'
import type { Predicate } from '../../model/predicate.js'

/** How a query looks at the rows of one entity: which default scopes it does without, and what it asks besides. */
export interface Sight {
  readonly without: ReadonlySet<string>
  readonly where: readonly Predicate[]
}

/** Every default scope, nothing besides. */
export const plainSight: Sight = Object.freeze({ without: new Set<string>(), where: [] })

/** Every default scope, and these conditions besides. */
export function asking(...where: readonly Predicate[]): Sight {
  return { without: plainSight.without, where }
}

/** A sight that does what both do. */
export function combined(first: Sight, second: Sight): Sight {
  return {
    without: united(first.without, second.without),
    where: first.where.length === 0 ? second.where : [...first.where, ...second.where],
  }
}

/** Most sights do without no scope, so that there is nothing to unite. */
function united(first: Sight['without'], second: Sight['without']): Sight['without'] {
  if (second.size === 0) return first
  return first.size === 0 ? second : new Set([...first, ...second])
}

/**
 * Without some default scopes; without names, without all that can be removed.
 * @throws {DefinitionError} `E_UNKNOWN_SCOPE` for a name the entity does not have, or that is locked.
 */
export function without(model: Model, names: readonly string[]): Sight {
  const removable = Object.keys(model.scopes).filter((name) => !model.scopes[name]?.locked)
  for (const name of names) {
    if (!removable.includes(name)) throw unknownScope(model, name, removable)
  }
  return { without: new Set(names.length === 0 ? removable : names), where: [] }
}

/**
 * As a view looks, with what it is given.
 * @throws {DefinitionError} `E_UNKNOWN_SCOPE` when the entity has no such view, or no such scope for it to remove.
 */
export function viewed(model: Model, name: string, given: readonly unknown[] = []): Sight {
  const compiled = Object.hasOwn(model.views, name) ? model.views[name] : undefined
  if (!compiled) throw unknownView(model, name)
  const view = compiled.make?.(...(given as never[])) ?? compiled
  // What a view removes is known when the model is compiled, unless it depends on what it was given.
  const removed =
    view === compiled || !view.without?.length ? new Set(view.without) : without(model, view.without).without
  return { without: removed, where: view.where ? [view.where] : [] }
}

function unknownScope(model: Model, name: string, removable: readonly string[]): DefinitionError {
  const state = Object.hasOwn(model.scopes, name) ? 'is locked' : 'does not exist'
  return new DefinitionError([
    {
      code: 'E_UNKNOWN_SCOPE',
      subject: model.name,
      problem: `a query removes the scope "${name}", which ${state}.`,
      places: [],
      remedy: `Scopes that can be removed: ${removable.join(', ') || 'none'}.`,
    },
  ])
}

function unknownView(model: Model, name: string): DefinitionError {
  return new DefinitionError([
    {
      code: 'E_UNKNOWN_SCOPE',
      subject: model.name,
      problem: `a query asks for the view "${name}", which does not exist.`,
      places: [],
      remedy: `Views are: ${Object.keys(model.views).join(', ') || 'none'}.`,
    },
  ])
}

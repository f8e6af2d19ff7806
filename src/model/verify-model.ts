import type { Mistakes } from '../errors/definition-error.js'
import { labelOf } from './applied-traits.js'
import type { Contributor, Model } from './model.js'
import { verifyWrites } from './verify-writes.js'
import { viewOutline } from './view-outline.js'

/** Adds what is wrong with a compiled model as a whole: it looks and never changes anything. */
export function verifyModel(model: Model, mistakes: Mistakes): void {
  verifyOptions(model, mistakes)
  verifyInputs(model, mistakes)
  verifyTables(model, mistakes)
  verifyWrites(model, mistakes)
  verifyRemovals('view', outlined(model), model, mistakes)
  verifyRemovals('verb', model.verbs, model, mistakes)
}

/** Lets every trait look at the model it became part of. */
function verifyOptions(model: Model, mistakes: Mistakes): void {
  for (const applied of model.traits) {
    const problem = applied.definition.verify?.(model, applied.options)
    if (problem === undefined) continue
    mistakes.add({
      code: 'E_TRAIT_OPTIONS',
      subject: model.name,
      problem,
      places: [labelOf(applied)],
      remedy: `Change the options of @${applied.trait}.`,
    })
  }
}

function verifyInputs(model: Model, mistakes: Mistakes): void {
  for (const applied of model.traits) {
    for (const name of Object.keys(applied.definition.inputs?.(applied.options) ?? {})) {
      if (name in (applied.definition.verbs?.(applied.options) ?? {})) continue
      mistakes.add({
        code: 'E_UNKNOWN_VERB',
        subject: model.name,
        problem: `the trait ${applied.trait} declares an input for "${name}", which is not one of its verbs.`,
        places: [labelOf(applied)],
        remedy: 'Name a verb of the trait, or remove the input.',
      })
    }
  }
}

/** Without a primary key TypeORM knows no table. */
function verifyTables(model: Model, mistakes: Mistakes): void {
  for (const [name, { columns, contributor }] of Object.entries(model.tables)) {
    if (Object.values(columns).some(({ primary }) => primary)) continue
    mistakes.add({
      code: 'E_TABLE_KEY',
      subject: model.name,
      problem: `the table "${name}" of the trait ${contributor.trait} has no primary column.`,
      places: [labelOf(contributor)],
      remedy: 'Make one or several of its columns primary.',
    })
  }
}

interface Removal {
  readonly without?: readonly string[]
  readonly contributor: Contributor
}

function outlined({ views }: Model): Readonly<Record<string, Removal>> {
  return Object.fromEntries(
    Object.entries(views).map(([name, view]) => [name, { ...viewOutline(view), contributor: view.contributor }]),
  )
}

/** Views and verbs may remove only scopes that exist and are not locked. */
function verifyRemovals(
  kind: 'view' | 'verb',
  removals: Readonly<Record<string, Removal>>,
  model: Model,
  mistakes: Mistakes,
): void {
  const removable = Object.keys(model.scopes).filter((name) => !model.scopes[name]?.locked)
  for (const [name, { without = [], contributor }] of Object.entries(removals)) {
    for (const scope of without.filter((scope) => !removable.includes(scope))) {
      const state = scope in model.scopes ? 'is locked' : 'does not exist'
      mistakes.add({
        code: 'E_UNKNOWN_SCOPE',
        subject: model.name,
        problem: `the ${kind} "${name}" removes the scope "${scope}", which ${state}.`,
        places: [labelOf(contributor)],
        remedy: `Scopes that can be removed: ${removable.join(', ') || 'none'}.`,
      })
    }
  }
}

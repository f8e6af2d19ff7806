import type { Mistakes } from '../../errors/definition-error.js'
import { labelOf } from '../../model/applied-traits.js'
import { checksOf, conditionsOf } from '../../model/check.js'
import type { Contributor, Model } from '../../model/model.js'
import { type Predicate, readsRelated, relatedIn } from '../../model/predicate.js'
import { viewOutline } from '../../model/view-outline.js'
import type { ModelStorage } from './model-storage.js'

/** Adds what models say of related rows that cannot be so. */
export function checkRelated(model: Model, storage: ModelStorage, mistakes: Mistakes): void {
  checkRowsAlone(model, mistakes)
  checkViews(model, storage.relationNames(model.entity), mistakes)
  checkLooks(model, storage, mistakes)
}

interface Part {
  readonly what: string
  readonly contributor: Contributor
  readonly predicate: Predicate
}

/** Whether a row is visible, and what the database holds of it, must be known from the row alone. */
function checkRowsAlone(model: Model, mistakes: Mistakes): void {
  for (const { what, contributor, predicate } of partsOf(model)) {
    if (!readsRelated(predicate)) continue
    mistakes.add({
      code: 'E_RELATED_IN_SCHEMA',
      subject: model.name,
      problem: `${what} asks about related rows, but it must be known from the row alone.`,
      places: [labelOf(contributor)],
      remedy: 'Ask about related rows in a view, or declare @WhenHidden above the relation.',
    })
  }
}

function partsOf(model: Model): readonly Part[] {
  const scopes = Object.entries(model.scopes).map(([name, { where, contributor }]) => ({
    what: `the scope "${name}"`,
    contributor,
    predicate: where,
  }))
  const columns = Object.entries(model.columns).flatMap(([name, { generated, contributor }]) =>
    generated ? [{ what: `the generated column "${name}"`, contributor, predicate: generated }] : [],
  )
  const indexes = model.indexes.flatMap(({ where, contributor }) =>
    where ? [{ what: 'the condition of an index', contributor, predicate: where }] : [],
  )
  const checks = checksOf(model).flatMap((check) =>
    conditionsOf(check).map((predicate) => ({ what: 'a check', contributor: check.contributor, predicate })),
  )
  const verbs = Object.entries(model.verbs).flatMap(([name, { requires, contributor }]) =>
    requires ? [{ what: `what the verb "${name}" requires`, contributor, predicate: requires.where }] : [],
  )
  return [...scopes, ...columns, ...indexes, ...checks, ...verbs]
}

function checkViews(model: Model, relations: ReadonlySet<string>, mistakes: Mistakes): void {
  for (const [name, view] of Object.entries(model.views)) {
    const { where } = viewOutline(view)
    for (const { relation } of where ? relatedIn(where) : []) {
      if (relations.has(relation)) continue
      mistakes.add({
        code: 'E_UNKNOWN_PROPERTY',
        subject: model.name,
        problem: `the view "${name}" names "${relation}", which is not a relation of the entity.`,
        places: [labelOf(view.contributor)],
        remedy: `Relations are: ${[...relations].sort().join(', ') || 'none'}.`,
      })
    }
  }
}

function checkLooks(model: Model, storage: ModelStorage, mistakes: Mistakes): void {
  const relations = storage.relationNames(model.entity)
  const toOne = storage.keyRelations(model.entity)
  for (const { property, whenHidden, place } of Object.values(model.relationLooks)) {
    const known = whenHidden === 'dropOwner' ? toOne : relations
    if (known.has(property)) continue
    mistakes.add({
      code: 'E_RELATION_LOOK',
      subject: model.name,
      problem: relations.has(property)
        ? `"${property}" is a list, and rows are not dropped with members of theirs.`
        : `"${property}" is not a relation.`,
      places: [`@WhenHidden at ${place}`],
      remedy: 'Write it above a relation; dropOwner above one whose key the row holds.',
    })
  }
}

import { Mistakes } from '../../errors/definition-error.js'
import { labelOf } from '../../model/applied-traits.js'
import { checksOf, conditionsOf } from '../../model/check.js'
import type { Contributor, Model } from '../../model/model.js'
import { isStatic, type Predicate, readsPath } from '../../model/predicate.js'
import { checkComputed } from './check-computed.js'
import { checkDatabaseDeletes } from './check-database-deletes.js'
import { checkIndexPaths } from './check-index-paths.js'
import { checkKeys } from './check-keys.js'
import { checkKinds } from './check-kinds.js'
import { checkLinks } from './check-links.js'
import { checkNames } from './check-names.js'
import { checkRelated } from './check-related.js'
import { checkRemovals } from './check-removals.js'
import { checkVersions } from './check-versions.js'
import { ModelStorage } from './model-storage.js'
import { generatedColumns, namedProperties } from './named-properties.js'
import { visibleRows } from './visible-rows.js'

// Models never change, and are looked at by whoever makes an application and again by who connects.
const sound = new WeakSet<Model>()

/** Adds what is wrong with the models of an application in the light of the columns their entities really have. */
export function checkModels(models: readonly Model[], mistakes: Mistakes): void {
  if (models.every((model) => sound.has(model))) return
  const storage = new ModelStorage(models)
  const own = new Mistakes()
  for (const model of models) checkModel(model, storage, own)
  checkLinks(models, storage, own)
  checkDatabaseDeletes(models, storage, own)
  for (const mistake of own.found) mistakes.add(mistake)
  if (own.found.length === 0) for (const model of models) sound.add(model)
}

/** Adds what is wrong with a model in the light of the columns its entity really has. */
function checkModel(model: Model, storage: ModelStorage, mistakes: Mistakes): void {
  if (!storage.isEntity(model.entity)) return reportNoEntity(model, mistakes)
  const columns = new Set([...storage.columnPaths(model.entity), ...Object.keys(model.columns)])
  const indexable = new Set([...columns, ...storage.keyRelations(model.entity)])
  for (const { what, contributor, properties, known } of namedProperties(model, { columns, indexable })) {
    for (const property of properties) {
      if (!known.has(property)) reportProperty(model, what, property, contributor, known, mistakes)
    }
  }
  checkSchemaParts(model, mistakes)
  checkVisible(model, mistakes)
  checkIndexPaths(model, storage, mistakes)
  checkKeys(model, storage, mistakes)
  checkKinds(model, storage, mistakes)
  checkNames(model, mistakes)
  checkComputed(model, storage, mistakes)
  checkRelated(model, storage, mistakes)
  checkRemovals(model, storage, mistakes)
  checkVersions(model, storage, mistakes)
}

function reportNoEntity(model: Model, mistakes: Mistakes): void {
  mistakes.add({
    code: 'E_NOT_AN_ENTITY',
    subject: model.name,
    problem: 'is given as an entity, but TypeORM does not know it as one.',
    places: model.traits.map(labelOf),
    remedy: 'Write @Entity() above the class, or take it out of `entities` when it is only a base class.',
  })
}

function reportProperty(
  model: Model,
  what: string,
  property: string,
  contributor: Contributor,
  known: ReadonlySet<string>,
  mistakes: Mistakes,
): void {
  mistakes.add({
    code: 'E_UNKNOWN_PROPERTY',
    subject: model.name,
    problem: `${what} names "${property}", which is not a column of the entity.`,
    places: [labelOf(contributor)],
    remedy: `Known are: ${[...known].sort().join(', ') || 'none'}.`,
  })
}

/** The database knows nothing of contexts, and what it computes cannot look into JSON on every engine. */
function checkSchemaParts(model: Model, mistakes: Mistakes): void {
  const parts = schemaParts(model)
  checkContext(model, [...parts, ...checkConditions(model)], mistakes)
  for (const { what, contributor, predicate } of parts) {
    if (!readsPath(predicate)) continue
    mistakes.add({
      code: 'E_PATH_IN_SCHEMA',
      subject: model.name,
      problem: `${what} looks into a JSON column, which not every engine can do in its schema.`,
      places: [labelOf(contributor)],
      remedy: 'Let the predicate read only whole columns.',
    })
  }
}

/** A predicate that holds in every context, and what it is part of. */
interface SchemaPart {
  readonly what: string
  readonly contributor: Contributor
  readonly predicate: Predicate
}

function checkContext(model: Model, parts: readonly SchemaPart[], mistakes: Mistakes): void {
  for (const { what, contributor, predicate } of parts) {
    if (isStatic(predicate)) continue
    mistakes.add({
      code: 'E_CONTEXT_IN_SCHEMA',
      subject: model.name,
      problem: `${what} reads a context variable, which the database does not have.`,
      places: [labelOf(contributor)],
      remedy: 'Let the predicate read only the row.',
    })
  }
}

function checkConditions(model: Model): readonly SchemaPart[] {
  return checksOf(model).flatMap((check) =>
    conditionsOf(check).map((predicate) => ({ what: 'a check', contributor: check.contributor, predicate })),
  )
}

function schemaParts(model: Model): readonly SchemaPart[] {
  const conditions = model.indexes.flatMap(({ contributor, where }) =>
    where ? [{ what: 'the condition of an index', contributor, predicate: where }] : [],
  )
  const unique = model.indexes.find((index) => index.unique === 'visible')
  const { where: visible } = visibleRows(model)
  return [
    ...generatedColumns(model).map(({ name, contributor, generated }) => ({
      what: `the generated column "${name}"`,
      contributor,
      predicate: generated,
    })),
    ...conditions,
    ...(unique && visible
      ? [{ what: 'a unique index over the visible rows', contributor: unique.contributor, predicate: visible }]
      : []),
  ]
}

function checkVisible(model: Model, mistakes: Mistakes): void {
  const index = model.indexes.find(({ unique }) => unique === 'visible')
  if (!index) return
  for (const { name, contributor } of visibleRows(model).inexpressible) {
    mistakes.add({
      code: 'E_CONTEXT_IN_SCHEMA',
      subject: model.name,
      problem: `a unique index covers the visible rows, but the scope "${name}" depends on the context other than by equality.`,
      places: [labelOf(index.contributor), labelOf(contributor)],
      remedy: 'Compare one property with the context variable by `eq`, or make the index unique among all rows.',
    })
  }
}

import { type Check, checksOf, conditionsOf } from '../../model/check.js'
import type { Contributor, Model } from '../../model/model.js'
import { type Predicate, propertiesOf } from '../../model/predicate.js'
import { viewOutline } from '../../model/view-outline.js'

/** Properties that some part of a model names. */
interface Named {
  readonly what: string
  readonly contributor: Contributor
  readonly properties: readonly string[]
}

/** Properties that some part of a model names, and those it may name. */
export interface NamedProperties extends Named {
  readonly known: ReadonlySet<string>
}

/** What an entity stores: `indexable` has the keys of relations, by their names, besides the columns. */
export interface StoredProperties {
  readonly columns: ReadonlySet<string>
  readonly indexable: ReadonlySet<string>
}

/** What the parts of a model name of its entity. */
export function namedProperties(model: Model, { columns, indexable }: StoredProperties): readonly NamedProperties[] {
  // Rules see embedded objects as a whole, and keys under the name of their relation.
  const seen = new Set([...indexable].flatMap((path) => [path, path.split('.')[0]!]))
  return [
    ...[...namedByConditions(model), ...namedBySorting(model)].map((named) => ({ ...named, known: columns })),
    ...namedByIndexes(model).map((named) => ({ ...named, known: indexable })),
    ...namedByOptions(model).map((named) => ({ ...named, known: seen })),
  ]
}

/** The columns of a model that the database computes. */
export function generatedColumns(model: Model) {
  return Object.entries(model.columns).flatMap(([name, { contributor, generated }]) =>
    generated ? [{ name, contributor, generated }] : [],
  )
}

/** A part of a model that may be a condition on rows. */
interface ConditionPart {
  readonly contributor: Contributor
  readonly where?: Predicate
}

const conditions = (kind: string, parts: Readonly<Record<string, ConditionPart>>): readonly Named[] =>
  Object.entries(parts).flatMap(([name, { contributor, where }]) =>
    where ? [{ what: `the ${kind} "${name}"`, contributor, properties: propertiesOf(where) }] : [],
  )

function namedByConditions(model: Model): readonly Named[] {
  return [
    ...conditions('scope', model.scopes),
    ...conditions('view', outlined(model)),
    ...conditions('verb', required(model)),
    ...generatedColumns(model).map(({ name, contributor, generated }) => ({
      what: `the generated column "${name}"`,
      contributor,
      properties: propertiesOf(generated),
    })),
    ...checksOf(model).map((check) => ({
      what: 'a check',
      contributor: check.contributor,
      properties: propertiesIn(check),
    })),
    ...model.indexes.flatMap(({ contributor, where }) =>
      where ? [{ what: 'the condition of an index', contributor, properties: propertiesOf(where) }] : [],
    ),
  ]
}

function outlined({ views }: Model) {
  return Object.fromEntries(
    Object.entries(views).map(([name, view]) => [name, { ...viewOutline(view), contributor: view.contributor }]),
  )
}

/** What verbs require of their rows. */
function required({ verbs }: Model) {
  return Object.fromEntries(
    Object.entries(verbs).map(([name, { requires, contributor }]) => [
      name,
      { contributor, ...(requires && { where: requires.where }) },
    ]),
  )
}

function propertiesIn(check: Check): readonly string[] {
  const named = 'duplicates' in check ? check.duplicates.by : 'json' in check ? [check.json.property] : []
  return [...named, ...conditionsOf(check).flatMap(propertiesOf)]
}

/** What rows are put into groups by, into order by, and what a deletion is known by. */
function namedBySorting({ verbs, rules, ordering }: Model): readonly Named[] {
  return [
    ...Object.entries(verbs).map(([name, { contributor, undoes }]) => ({
      what: `what the verb "${name}" undoes`,
      contributor,
      properties: undoes === undefined ? [] : [undoes],
    })),
    ...[...rules.enter, ...rules.leave].map(({ contributor, by = [] }) => ({
      what: 'a group of rows',
      contributor,
      properties: by,
    })),
    ...rules.enter.map(({ contributor, outside }) => ({
      what: 'the rows in no group',
      contributor,
      properties: outside ? propertiesOf(outside) : [],
    })),
    ...ordering.map(({ contributor, property }) => ({
      what: 'the default ordering',
      contributor,
      properties: [property],
    })),
  ]
}

const namedByIndexes = ({ indexes }: Model): readonly Named[] =>
  indexes.map(({ contributor, properties }) => ({ what: 'an index', contributor, properties }))

function namedByOptions({ rules, verbs }: Model): readonly Named[] {
  const { insert, update, enter, leave, written } = rules
  return [...insert, ...update, ...rules.delete, ...enter, ...leave, ...written, ...Object.values(verbs)].map(
    ({ contributor, names = [] }) => ({ what: 'an option', contributor, properties: names }),
  )
}

import type { EntityMetadata, ObjectLiteral } from 'typeorm'
import { contextValues } from '../../model/context-values.js'
import type { RowData } from '../../model/matches.js'
import type { WriteContext } from '../../model/rule-context.js'
import type { ModelDataSource } from '../data-source.js'
import { describeEntity } from '../describe-entity.js'
import { checkValues } from './check-values.js'
import { assertInside } from './locked-scopes.js'
import { managedProperties } from './managed.js'
import { rowOf } from './stored-rows.js'
import type { Target } from './write.js'

/** A row to be inserted, as the insert rules leave it. */
export interface RuledRow {
  /** What rules have set, which is in the values of the caller now. */
  readonly set: RowData
  /** The row as rules see it, with the defaults of its columns. */
  readonly row: RowData
}

/**
 * Applies the insert rules to rows, after what locked scopes want is filled in. What they set is set in the values
 * themselves, as TypeORM does with what the database generates.
 */
export async function applyInsertRules(
  given: readonly ObjectLiteral[],
  { model, metadata }: Target,
  context: WriteContext,
): Promise<readonly RuledRow[]> {
  const managed = managedProperties(model)
  const filledIn = defaultsOf({ model, metadata })
  const ruled: RuledRow[] = []
  for (const values of given) {
    leaveOut(values, managed)
    const own = rowOf(metadata, values)
    const set: Record<string, unknown> = { ...contextValues(model, own) }
    for (const rule of model.rules.insert) {
      const more = rule.set?.({ ...own, ...set }, context)
      // Most rules answer at once; waiting for each row of many costs more than the rules.
      Object.assign(set, more instanceof Promise ? await more : more)
    }
    Object.assign(values, set)
    const row = { ...filledIn, ...rowOf(metadata, values) }
    assertInside(model, row)
    checkValues(model, row)
    ruled.push({ set, row })
  }
  return ruled
}

/** An insert gives a property that is undefined the default of its column. */
function leaveOut(values: ObjectLiteral, properties: readonly string[]): void {
  for (const property of properties) if (property in values) values[property] = undefined
}

const defaults = new WeakMap<EntityMetadata, RowData>()

/** What the database fills in where nothing is given, as far as that is a value: for the class itself, and for traits. */
function defaultsOf(target: Target): RowData {
  const known = defaults.get(target.metadata) ?? readDefaults(target)
  defaults.set(target.metadata, known)
  return known
}

function readDefaults({ model, metadata }: Target): RowData {
  const { properties } = describeEntity(metadata.dataSource as ModelDataSource, model.entity)
  const own = [...properties].map(([property, { defaultValue }]) => [property, defaultValue] as const)
  const ofTraits = Object.entries(model.columns).map(([property, column]) => [property, column.default] as const)
  return Object.fromEntries([...own, ...ofTraits].filter(([, value]) => value !== undefined))
}

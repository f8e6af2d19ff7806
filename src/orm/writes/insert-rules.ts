import type { EntityMetadata, ObjectLiteral } from 'typeorm'
import { type Awaitable, inTurn } from '../../helpers/awaitable.js'
import { copied } from '../../helpers/copied.js'
import { contextValues } from '../../model/context-values.js'
import type { RowData } from '../../model/matches.js'
import type { Model } from '../../model/model.js'
import type { WriteContext } from '../../model/rule-context.js'
import type { ModelDataSource } from '../data-source.js'
import { describeEntity } from '../describe-entity.js'
import { checkValues } from './check-values.js'
import { storable } from './known-properties.js'
import { assertInside } from './locked-scopes.js'
import { managedProperties } from './managed.js'
import { rowOf } from './stored-rows.js'
import type { Target } from './write.js'

/** A row to be inserted, as the insert rules leave it. */
export interface RuledRow {
  /** What rules have set, which is in the values of the caller now. */
  readonly set: RowData
  /** The values of the caller with what rules have set, as rules see rows. */
  readonly given: RowData
  /** The row as rules see it, with the defaults of its columns. */
  readonly row: RowData
}

/**
 * Applies the insert rules to rows, after what locked scopes want is filled in. What they set is set in the values
 * themselves, as TypeORM does with what the database generates.
 */
export function applyInsertRules(
  given: readonly ObjectLiteral[],
  target: Target,
  context: WriteContext,
): Awaitable<readonly RuledRow[]> {
  const { model, metadata } = target
  const rules = model.rules.insert.filter((rule) => rule.set !== undefined)
  const managed = managedProperties(model)
  return inTurn(given, (values) => {
    leaveOut(values, managed)
    const seen = rowOf(metadata, values)
    const row: OpenRow = { set: contextValues(model, seen), seen }
    Object.assign(row.seen, row.set)
    const waiting = applyRules(rules, 0, row, context)
    return waiting ? waiting.then(() => ruledRow(values, target, row)) : ruledRow(values, target, row)
  })
}

/**
 * Applies the rules from one on, one after another; a promise where one of them makes one. Their values go into the row, so that there
 * is no list of them to make for each row, as `inTurn` would.
 */
function applyRules(
  rules: Model['rules']['insert'],
  start: number,
  row: OpenRow,
  context: WriteContext,
): Promise<void> | undefined {
  for (let index = start; index < rules.length; index += 1) {
    const more = rules[index]!.set!(row.seen, context) as Awaitable<RowData>
    if (more instanceof Promise) {
      return more.then((known) => {
        put(row, known)
        return applyRules(rules, index + 1, row, context)
      })
    }
    put(row, more)
  }
  return undefined
}

function put({ set, seen }: OpenRow, more: RowData): void {
  Object.assign(set, more)
  Object.assign(seen, more)
}

/** A row that rules are setting values of. */
interface OpenRow {
  readonly set: Record<string, unknown>
  /** What the next rule sees of it. */
  readonly seen: Record<string, unknown>
}

/**
 * Puts what rules have set into the values of a row, and looks at the row as it is then.
 * @throws {UsageError} E_UNKNOWN_VALUE where a rule sets something that is no property of the entity.
 */
function ruledRow(values: ObjectLiteral, target: Target, { set, seen }: OpenRow): RuledRow {
  const { model, metadata } = target
  Object.assign(values, set)
  // What rules set of plain columns is seen as it stands; of relations, and of what is undefined, it is looked at again.
  const isSeen = areSeen(set, plainProperties(metadata))
  if (!isSeen) storable(metadata, set)
  const given = isSeen ? seen : rowOf(metadata, values)
  const row = withDefaults(target, given)
  assertInside(model, row)
  checkValues(model, row)
  return { set, given, row }
}

function areSeen(set: RowData, properties: ReadonlySet<string>): boolean {
  for (const name in set) if (set[name] === undefined || !properties.has(name)) return false
  return true
}

const plain = new WeakMap<EntityMetadata, ReadonlySet<string>>()

/** The properties whose values rules see as entities have them. */
function plainProperties(metadata: EntityMetadata): ReadonlySet<string> {
  const known = plain.get(metadata)
  if (known) return known
  const own = metadata.columns.filter(
    (column) => !column.isVirtual && !column.relationMetadata && !column.embeddedMetadata,
  )
  const found = new Set(own.map(({ propertyName }) => propertyName))
  plain.set(metadata, found)
  return found
}

/** An insert gives a property that is undefined the default of its column. */
function leaveOut(values: ObjectLiteral, properties: readonly string[]): void {
  for (const property of properties) if (property in values) values[property] = undefined
}

/** A new row with what the database fills in, as far as that is known. */
export function withDefaults(target: Target, given: RowData): RowData {
  let row: Record<string, unknown> | undefined
  for (const [property, value] of defaultsOf(target)) {
    if (given[property] === undefined) (row ??= copied(given))[property] = value
  }
  return row ?? given
}

type Defaults = readonly (readonly [property: string, value: unknown])[]

const defaults = new WeakMap<EntityMetadata, Defaults>()

/** What the database fills in where nothing is given, as far as that is a value: for the class itself, and for traits. */
function defaultsOf(target: Target): Defaults {
  const known = defaults.get(target.metadata) ?? readDefaults(target)
  defaults.set(target.metadata, known)
  return known
}

function readDefaults({ model, metadata }: Target): Defaults {
  const { properties } = describeEntity(metadata.dataSource as ModelDataSource, model.entity)
  const own = [...properties].map(([property, { defaultValue }]) => [property, defaultValue] as const)
  const ofTraits = Object.entries(model.columns).map(([property, column]) => [property, column.default] as const)
  const known = [...own, ...ofTraits].filter(([, value]) => value !== undefined)
  return Object.entries(Object.fromEntries(known))
}

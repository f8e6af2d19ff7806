import type { EntityMetadata } from 'typeorm'
import { AppException } from '../../../errors/app-exception.js'
import { copied } from '../../../helpers/copied.js'
import { Expression } from '../../../model/expression.js'
import type { RowData } from '../../../model/matches.js'
import type { Rule } from '../../../model/rule.js'
import type { WriteContext } from '../../../model/rule-context.js'
import type { ModelDataSource } from '../../data-source.js'
import { defaultIsolation } from '../../unit-of-work/isolation.js'
import { checkValues } from '../check-values.js'
import { needsRows } from '../expressions.js'
import { refuseImmutable } from '../immutable.js'
import { storable } from '../known-properties.js'
import { decisiveValues } from '../known-values.js'
import { surelyInside } from '../locked-scopes.js'
import { refuseManaged } from '../managed.js'
import { mayPass } from '../passages.js'
import { areInsertsHeard } from '../plain-insert.js'
import { expectedUnseen, sharedValues } from '../row-change.js'
import { isExpected } from '../row-expectation.js'
import { SaveSubscriber } from '../save.js'
import type { Target } from '../write.js'
import { newContext } from '../write-context.js'
import { isAlone } from './entity-reader.js'

/** A write of some values to rows of which nothing need be known. */
export interface LoneWrite {
  readonly values: RowData
  readonly context: WriteContext
  /** What must be equal in the rows. */
  readonly expected: RowData
  /** Whether values are computed of the row; it is not known then whether it passes. */
  readonly computes: boolean
  /** Whether the row may enter or leave by its values. */
  readonly passes: boolean
}

/**
 * What is written by some rules, where none of them, and nobody else, must see the rows.
 * @param input that of a verb, which to its rules is what the caller gave.
 */
export function loneWrite(
  dataSource: ModelDataSource,
  target: Target,
  rules: readonly Rule[],
  given: RowData,
  input?: RowData,
): LoneWrite | undefined {
  const write = sharedWrite(dataSource, target, rules, given, input)
  return write && !write.computes && !write.passes ? write : undefined
}

/** The same, where its values may depend on the row. */
export function sharedWrite(
  dataSource: ModelDataSource,
  target: Target,
  rules: readonly Rule[],
  given: RowData,
  input?: RowData,
): LoneWrite | undefined {
  const expected = expectedUnseen(rules, input ?? given)
  if (!expected) return undefined
  const { context, isHooked } = loneContext(dataSource, input)
  try {
    refuseImmutable(target.model, given)
    refuseManaged(target.model, given)
    const values = copied(given, storable(target.metadata, sharedValues(rules, context)))
    if (isHooked()) return undefined
    const computes = needsRows(target.model, values, dataSource.dialect) || mergesDocuments(given)
    if (!computes && !isAsGiven(dataSource, target, values)) return undefined
    return { values, context, expected, computes, passes: !computes && passesBy(target, values) }
  } catch (error) {
    // Values that are refused are refused only where the row is there.
    if (error instanceof AppException) return undefined
    throw error
  }
}

/** What SQL makes of a document is another text than what is stored of it otherwise, where its column is one of text. */
function mergesDocuments(given: RowData): boolean {
  return Object.values(given).some((value) => value instanceof Expression && value.operation.kind === 'mergePatch')
}

/** The context of a write without a unit of work, and whether a rule wants something done that needs one. */
export function loneContext(dataSource: ModelDataSource, input?: RowData): LoneContext {
  let hooked = false
  const afterCommit = () => {
    hooked = true
  }
  return { context: newContext({ now: () => dataSource.now(), afterCommit }, input), isHooked: () => hooked }
}

export interface LoneContext {
  readonly context: WriteContext
  /** Whether a rule wants something to be done once it is committed. */
  readonly isHooked: () => boolean
}

/** Whether values can be written into rows of which nothing else need be known. */
export function isKnown(dataSource: ModelDataSource, target: Target, values: RowData): boolean {
  return isAsGiven(dataSource, target, values) && !passesBy(target, values)
}

/** Whether values are stored as they are given, whatever is in the rows. */
export function isAsGiven({ dialect }: ModelDataSource, { model }: Target, values: RowData): boolean {
  if (needsRows(model, values, dialect) || !surelyInside(model, values)) return false
  checkValues(model, values)
  return true
}

/** Whether rows may enter or leave by values. */
export function passesBy(target: Target, values: RowData): boolean {
  return mayPass(target.model, decisiveValues(target, values))
}

/**
 * Whether rows of an entity that are there can be written by statements of our own at all.
 * @param joins whether also in a running unit of work.
 */
export function isWrittenAlone(dataSource: ModelDataSource, target: Target, kind: string, joins = false): boolean {
  // What a unit expects of a row is for the ordinary way to make sure of.
  if (!isSentAlone(dataSource, joins) || (joins && isExpected(target))) return false
  return isWrittenUnheard(dataSource, target, kind)
}

/** Whether nobody hears of writes to rows that are there but once they are committed, nor takes part in them. */
export function isWrittenUnheard(dataSource: ModelDataSource, target: Target, kind: string): boolean {
  const { metadata } = target
  if (metadata.versionColumn || metadata.updateDateColumn || metadata.deleteDateColumn) return false
  return isUnheard(dataSource, target, kind) && !hearsOf('Update', dataSource, metadata)
}

/**
 * Whether new rows of an entity can be written so: whoever hears of inserts may change them.
 * @param joins whether also in a running unit of work; it makes those that enter under locks in the ordinary way, because it must not
 * wait for locks once it has locked rows.
 */
export function isInsertedAlone(dataSource: ModelDataSource, target: Target, joins = false): boolean {
  if (!isSentAlone(dataSource, joins) || (dataSource.isInUnit && entersUnderLocks(dataSource, target))) return false
  return isUnheard(dataSource, target, 'insert') && !areInsertsHeard(dataSource, target.metadata)
}

function entersUnderLocks({ dialect: { inserts } }: ModelDataSource, { model: { rules } }: Target): boolean {
  return inserts.underLocks?.taken !== 'never' && rules.enter.some((rule) => rule.locks !== undefined)
}

/** Whether statements of our own may be sent now, which see what is committed when they are sent. */
function isSentAlone({ options, units, isInUnit }: ModelDataSource, joins: boolean): boolean {
  const { isolationLevel = defaultIsolation } = options as { readonly isolationLevel?: string }
  return (joins || !isInUnit) && (units.isolation ?? isolationLevel) === defaultIsolation
}

/** Whether rows of an entity can be removed so, outside of a unit of work: what is removed in one is told of at its end. */
export function isRemovedAlone(dataSource: ModelDataSource, target: Target, kind: string): boolean {
  // Reads of TypeORM do not see rows that such a column hides, and its writes do.
  if (target.metadata.deleteDateColumn) return false
  const isAsked = isSentAlone(dataSource, false) && isUnheard(dataSource, target, kind)
  return isAsked && !hearsOf('Remove', dataSource, target.metadata)
}

function isUnheard(dataSource: ModelDataSource, { model, metadata }: Target, kind: string): boolean {
  if (!isAlone(metadata) || metadata.primaryColumns.length !== 1) return false
  return model.rules.written.length === 0 && !dataSource.events.hears(model, kind)
}

/** Who hears of changes and removals, by the names that TypeORM has for them. */
const heard = {
  Update: { listeners: ['beforeUpdateListeners', 'afterUpdateListeners'], events: ['beforeUpdate', 'afterUpdate'] },
  Remove: { listeners: ['beforeRemoveListeners', 'afterRemoveListeners'], events: ['beforeRemove', 'afterRemove'] },
} as const

/** Whether one of TypeORM's listeners or subscribers hears of writes. Our own has nothing to do outside of `save`. */
function hearsOf(what: keyof typeof heard, { subscribers }: ModelDataSource, metadata: EntityMetadata): boolean {
  const { listeners, events } = heard[what]
  if (listeners.some((kind) => metadata[kind].length > 0)) return true
  return subscribers.some((one) => !(one instanceof SaveSubscriber) && events.some((event) => one[event] !== undefined))
}

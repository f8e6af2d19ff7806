import type { RowData } from '../../model/matches.js'
import { matching, type Operand } from '../../model/predicate.js'
import type { Id } from '../../model/verb.js'
import type { EntityRow } from '../../orm/entity-row.js'
import type { ScopedRepository } from '../../orm/model-repository.js'
import { asksOnlyItself } from '../../orm/own-rows.js'
import { returnedText } from '../../orm/reads/returned-text.js'
import { ReadRow } from '../../orm/reads/row-form.js'
import type { Selection } from '../../orm/selection.js'
import type { RowDecision } from '../../orm/writes/by-statement/allowed-row.js'
import { entityReaderOf, type RowReader } from '../../orm/writes/by-statement/entity-reader.js'
import { inOrderOf } from '../../orm/writes/by-statement/given-order.js'
import { KeyReader } from '../../orm/writes/by-statement/key-reader.js'
import { changeRows, deleteRows, type RowsToWrite, verbOnRows } from '../../orm/writes/by-statement/many-rows.js'
import { newRows } from '../../orm/writes/by-statement/new-rows.js'
import { newEntity } from '../../orm/writes/new-entity.js'
import { acceptedInput } from '../../orm/writes/verb-input.js'
import { given } from '../../service/written-values.js'
import type { Exchange } from '../exchange.js'
import type { EntityViewSet } from '../mixins/viewset-class.js'
import { repositoryOf } from '../mixins/viewset-parts.js'
import type { RowDecider } from '../writing/row-decider.js'
import type { BulkItem, BulkResult } from './bulk-item.js'
import type { BulkPlan } from './bulk-plan.js'
import { keyOf, seenRows } from './find-rows.js'
import { isConditional, isKnown } from './item-condition.js'

/** A call of a bulk action. */
export interface BulkCall {
  readonly exchange: Exchange
  readonly plan: BulkPlan
  /** Asks what the permission leaves open. */
  readonly decider: RowDecider
  /** Whether the caller wants to see the rows as they are then. */
  readonly isShown: boolean
}

/**
 * Writes the rows that items name by one statement, all of them or none, where nothing but a permission and the conditions of
 * the items has to see them. Undefined where nothing was written: a unit of work then does it, or tells why not.
 * @param items give the same.
 */
export async function writeByStatement(
  viewSet: EntityViewSet,
  items: readonly BulkItem[],
  call: BulkCall,
): Promise<readonly BulkResult[] | undefined> {
  const { plan, exchange, decider } = call
  if (plan.kind === 'create') return madeRows(viewSet, items, call)
  if (!plan.unseen && plan.kind !== 'verb') return undefined
  const rows = writtenRows(viewSet, exchange, plan)
  const keys = keysOf(items)
  if (!rows || !keys) return undefined
  const allowed = decider.of(rows, exchange)
  const asked = { rows: allowed.rows, keys, decide: decisionOf(items, keys, plan, allowed.decide) }
  if (plan.kind === 'delete') return (await deleteRows(asked)) ? resultsOf(items, 204) : undefined
  const write = plan.kind === 'verb' ? doneTo : changed
  const given = items[0]!.values
  if (!call.isShown) return (await write(asked, given, plan, undefined)) && resultsOf(items, 200)
  const reader = await readerFor(rows.repository, call)
  const stored = reader && (await write(asked, given, plan, reader))
  if (!stored) return undefined
  const rowsInOrder = inOrderOf(keys.map(String), stored, (row) => String(valuesOf(row)[plan.key]))
  return items.map(({ index }, place) => {
    const row = rowsInOrder[place]!
    return { index, id: valuesOf(row)[plan.key] as Id, status: 200, row }
  })
}

/** The keys of all items; undefined where one has none. */
function keysOf(items: readonly BulkItem[]): readonly Id[] | undefined {
  const keys: Id[] = []
  for (const { key } of items) {
    if (key === undefined) return undefined
    keys.push(key)
  }
  return keys
}

const resultsOf = (items: readonly BulkItem[], status: number): readonly BulkResult[] =>
  items.map(({ index, id }) => ({ index, id: id!, status }))

/** Writes rows that a call has named; undefined where nothing was written. */
type WriteRows = (
  asked: RowsToWrite,
  values: RowData,
  plan: BulkPlan,
  reader: RowReader<object> | undefined,
) => Promise<readonly object[] | undefined>

const changed: WriteRows = (asked, values, _, reader) => changeRows(asked, { ...values }, reader)

/** Does the verb of the action. */
const doneTo: WriteRows = async (asked, values, { action, model }, reader) => {
  const name = action.verb ?? ''
  const verb = model.entity.verbs[name]
  const input = verb && acceptedInput(verb.input, values)
  return input && (await verbOnRows(asked, { name, verb, input }, reader))?.rows
}

async function madeRows(
  viewSet: EntityViewSet,
  items: readonly BulkItem[],
  call: BulkCall,
): Promise<readonly BulkResult[] | undefined> {
  const { plan, exchange, isShown } = call
  if (plan.before.length + plan.after.length > 0) return undefined
  const repository = repositoryOf(viewSet)
  const scope = plan.action.model?.scope?.(exchange)
  const drafts = () => items.map(({ values }) => newEntity(repository, scope ? given(values, scope) : values))
  if (!isShown && repository.metadata.primaryColumns.length === 1) {
    const keys = await newRows(repository, drafts, new KeyReader(repository.manager.dataSource, repository.metadata))
    return keys?.map((id, index) => ({ index, id, status: 201 }))
  }
  const reader = await readerFor(repository, call)
  const made = reader && (await newRows<EntityRow, object>(repository, drafts, reader))
  return made?.map((row, index) => ({ index, id: valuesOf(row)[plan.key] as Id, status: 201, row }))
}

/** The rows that a call may see, and that are its own to write; undefined where others decide which those are. */
function writtenRows(viewSet: EntityViewSet, exchange: Exchange, plan: BulkPlan): Selection<EntityRow> | undefined {
  const seen = seenRows(viewSet, exchange, plan)
  if (!asksOnlyItself(seen)) return undefined
  const scope = plan.action.model?.scope?.(exchange)
  return scope ? seen.where(matching(scope as Readonly<Record<string, Operand | null>>)) : seen
}

/** What the permission leaves open, and what items know of their rows. */
function decisionOf(
  items: readonly BulkItem[],
  keys: readonly Id[],
  plan: BulkPlan,
  decide: RowDecision | undefined,
): RowDecision | undefined {
  if (!items.some(isConditional)) return decide
  const named = new Map(items.map((item, index) => [String(keys[index]), item]))
  return (row) => {
    const item = named.get(String(keyOf(row, plan)))
    return item !== undefined && isKnown(item, row, plan) && (decide ? decide(row) : true)
  }
}

/** What becomes of written rows: texts where nothing has to see them before they are sent. */
async function readerFor(
  { manager, metadata }: ScopedRepository<EntityRow>,
  { exchange, plan: { reading } }: BulkCall,
): Promise<RowReader<object> | undefined> {
  const form = await reading()?.unseen(exchange)
  return (form && returnedText(form)) ?? entityReaderOf(manager.dataSource, metadata)
}

const valuesOf = (row: object): Readonly<Record<string, unknown>> =>
  row instanceof ReadRow ? row.held : (row as Readonly<Record<string, unknown>>)

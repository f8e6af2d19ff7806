import type { ModelDataSource } from '../data-source.js'
import type { EntityRow } from '../entity-row.js'
import type { ColumnTest, Condition } from '../lists/condition.js'
import { type ListOptions, type ListSlice, rowsToRead } from '../lists/list-query.js'
import type { Selection } from '../selection.js'
import { addCapabilities } from './capabilities.js'
import { readSight, slottedSight } from './joined-sights.js'
import { isBindable } from './predicate-shape.js'
import type { Shape, Slots } from './slot.js'

/** Which rows a read gives. */
export interface Reading {
  readonly selection: Selection<EntityRow>
  readonly options: ListOptions
  readonly slice: ListSlice
}

/** Reads what the text of a statement is made of; false where no text is worth keeping. */
export function readShape({ selection, options, slice }: Reading, dataSource: ModelDataSource, shape: Shape): boolean {
  const { sight, relations } = selection.parts
  // A manager of its own may look at rows in another way, or run in a transaction.
  if (relations.size > 0 || selection.repository.manager !== dataSource.manager) return false
  addCapabilities(dataSource, shape)
  if (!readSight(sight, shape)) return false
  shape.add(options.conditions.length)
  if (!options.conditions.every((one) => typeof one !== 'function' && readCondition(one, shape))) return false
  shape.add(options.keys.length)
  for (const { path, direction } of options.keys) {
    shape.add(path.text)
    shape.add(direction)
  }
  return readSlice(slice, shape)
}

function readCondition({ path, test }: Condition, shape: Shape): boolean {
  if (path.members.length > 0 || test.op === 'text') return false
  shape.add(path.text)
  shape.add(test.op)
  if (test.op === 'isNull') {
    shape.add(test.is ? 'null' : 'value')
    return true
  }
  const values = valuesOf(test)
  shape.add(values.length)
  for (const value of values) shape.bind(value)
  return values.every(isBindable)
}

type Compared = Exclude<ColumnTest, { op: 'isNull' | 'text' }>

const valuesOf = (test: Compared) =>
  test.op === 'in' ? test.values : test.op === 'range' ? [test.from, test.to] : [test.value]

function readSlice(slice: ListSlice, shape: Shape): boolean {
  const { offset = 0, from } = slice
  addCut(rowsToRead(slice), offset, shape)
  if (!from) return true
  shape.add(from.backwards ? 'backwards' : 'on')
  for (const value of from.values) {
    shape.add(value === null ? 'null' : 'value')
    if (value !== null) shape.bind(value)
  }
  return from.values.every(isBindable)
}

/** Adds how many rows a text is of: their number stands in it, and whether some are skipped, but not how many those are. */
export function addCut(limit: number | undefined, offset: number, shape: Shape): void {
  shape.add(limit ?? 'all')
  shape.add(offset > 0 ? 'offset' : '')
  if (offset > 0) shape.bind(offset)
}

/** The same with slots for all values, in the order in which they were read. */
export function slottedReading({ selection, options, slice }: Reading, slots: Slots): Reading & { offset: unknown } {
  const seen = selection.seeing(slottedSight(selection.parts.sight, slots))
  const conditions = options.conditions.map((one) => (typeof one === 'function' ? one : slottedCondition(one, slots)))
  const { offset = 0, from } = slice
  const skipped = offset > 0 ? slots.take() : undefined
  const place = from && { ...from, values: from.values.map((value) => (value === null ? null : slots.take())) }
  return {
    selection: seen,
    options: { ...options, conditions },
    slice: { limit: rowsToRead(slice), ...(place && { from: place }) },
    offset: skipped,
  }
}

function slottedCondition({ path, test }: Condition, slots: Slots): Condition {
  // A slot stands for a value of whatever type.
  const take = () => slots.take() as never
  switch (test.op) {
    case 'isNull':
    case 'text':
      return { path, test }
    case 'in':
      return { path, test: { op: 'in', values: test.values.map(take) } }
    case 'range':
      return { path, test: { op: 'range', from: take(), to: take() } }
    default:
      return { path, test: { op: test.op, value: take() } }
  }
}

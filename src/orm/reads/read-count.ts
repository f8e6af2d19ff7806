import { type Awaitable, andThen } from '../../helpers/awaitable.js'
import type { EntityRow } from '../entity-row.js'
import { listEngineOf } from '../lists/engines/engines.js'
import { type ListOptions, ListQuery } from '../lists/list-query.js'
import type { Selection } from '../selection.js'
import type { RawRows } from './engines/read-engine.js'
import type { Reading } from './list-shape.js'
import { readShape, slottedReading } from './list-shape.js'
import { entityKey } from './read-member.js'
import { keptStatement, type ToWrite } from './read-template.js'
import { runRead } from './run-read.js'
import { Shape, type Slots } from './slot.js'

/** How many rows a list has, counted no further than a number where one is given. */
export function readCount(selection: Selection<EntityRow>, options: ListOptions, most?: number): Awaitable<number> {
  const list = new ListQuery(selection, options)
  const { parts } = selection
  // What relations are joined to is counted once by TypeORM alone.
  if (parts.relations.size > 0) return most === undefined ? list.count() : list.countUpTo(most)
  const counted = sent({ selection, options, limit: most ?? 0 }, `count ${most ?? 'all'}`, (reading, slots) =>
    counting(reading, most, slots),
  )
  return andThen(counted, ({ rows: [row] }) => Number(row?.[0] ?? 0))
}

/** How many rows of a list the planner of the engine expects, by its statistics; undefined where it keeps none. */
export function readEstimate(selection: Selection<EntityRow>, options: ListOptions): Awaitable<number | undefined> {
  const { explain, expectedRows } = listEngineOf(selection.repository.manager.dataSource)
  if (explain === undefined || !expectedRows) return undefined
  const planned = sent({ selection, options, limit: 0 }, 'estimate', (reading, slots) => ({
    builder: ones(reading, slots),
    wrap: (sql) => `${explain} ${sql}`,
  }))
  return andThen(planned, ({ rows: [row] }) => row && expectedRows(row))
}

interface Asked {
  readonly selection: Selection<EntityRow>
  readonly options: ListOptions
  readonly limit: number
}

/** Sends a statement about all rows of a list. @param kind what tells it from others about the same rows. */
function sent(
  { selection, options, limit }: Asked,
  kind: string,
  write: (reading: Reading, slots: Slots | undefined) => ToWrite,
): Awaitable<RawRows> {
  const { manager, queryRunner, metadata } = selection.repository
  const { dataSource } = manager
  const reading: Reading = { selection, options: { ...options, keys: [] }, slice: { limit } }
  const shape = new Shape()
  shape.add(kind)
  shape.add(entityKey(metadata))
  const isKept = readShape(reading, dataSource, shape)
  const statement = keptStatement(dataSource, shape, isKept, (slots) => ({
    ...write(reading, slots),
    // Of a plan too the first row says all.
    single: true,
  }))
  return runRead(dataSource, statement, queryRunner ?? manager.queryRunner)
}

function counting(reading: Reading, most: number | undefined, slots: Slots | undefined): ToWrite {
  const builder = ones(reading, slots)
  if (most === undefined) {
    builder.select('COUNT(*)', 'counted')
    return { builder }
  }
  builder.limit(most)
  return { builder, wrap: (sql) => `SELECT COUNT(*) AS counted FROM (${sql}) some_rows` }
}

/** Each row as a 1. */
function ones(reading: Reading, slots: Slots | undefined): ToWrite['builder'] {
  const { selection, options } = slots ? slottedReading(reading, slots) : reading
  const builder = new ListQuery(selection, options).unordered(slots && new Map())
  builder.select('1', 'one')
  return builder
}

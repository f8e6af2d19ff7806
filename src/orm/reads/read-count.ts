import { type Awaitable, andThen } from '../../helpers/awaitable.js'
import type { EntityRow } from '../entity-row.js'
import { type ListOptions, ListQuery } from '../lists/list-query.js'
import type { Selection } from '../selection.js'
import type { Reading } from './list-shape.js'
import { readShape, slottedReading } from './list-shape.js'
import { membersKey } from './read-member.js'
import { keptStatement, type ToWrite } from './read-template.js'
import { runRead } from './run-read.js'
import { Shape, type Slots } from './slot.js'

/** How many rows a list has, counted no further than a number where one is given. */
export function readCount(selection: Selection<EntityRow>, options: ListOptions, most?: number): Awaitable<number> {
  const list = new ListQuery(selection, options)
  const { repository, parts } = selection
  // What relations are joined to is counted once by TypeORM alone.
  if (parts.relations.size > 0) return most === undefined ? list.count() : list.countUpTo(most)
  const { manager, queryRunner, metadata } = repository
  const { dataSource } = manager
  const reading: Reading = { selection, options: { ...options, keys: [] }, slice: { limit: most ?? 0 } }
  const shape = new Shape()
  shape.add(`count ${membersKey(metadata, [])} ${most ?? 'all'}`)
  const isKept = readShape(reading, dataSource, shape)
  const statement = keptStatement(dataSource, shape, isKept, (slots) => counting(reading, most, slots))
  const sent = runRead(dataSource, { ...statement, single: true }, queryRunner ?? manager.queryRunner)
  return andThen(sent, ({ rows: [row] }) => Number(row?.[0] ?? 0))
}

function counting(reading: Reading, most: number | undefined, slots: Slots | undefined): ToWrite {
  const { selection, options } = slots ? slottedReading(reading, slots) : reading
  const list = new ListQuery(selection, options)
  const builder = list.unordered(slots && new Map())
  if (most === undefined) {
    builder.select('COUNT(*)', 'counted')
    return { builder }
  }
  builder.select('1', 'one').limit(most)
  return { builder, wrap: (sql) => `SELECT COUNT(*) AS counted FROM (${sql}) some_rows` }
}

import type { EntityMetadata } from 'typeorm'
import type { RelationMetadata } from 'typeorm/metadata/RelationMetadata.js'
import type { RowData } from '../../model/matches.js'
import type { Model } from '../../model/model.js'
import type { WriteContext } from '../../model/rule-context.js'
import type { ModelDataSource } from '../data-source.js'
import { rowsStatement } from '../deletion/rows-statement.js'
import { takesTurns } from '../unit-of-work/takes-turns.js'
import { chunks, longestList } from './groups.js'
import { rowsOf } from './read-rows.js'
import { referredKeys } from './referred-keys.js'
import type { Connection } from './rule-table.js'
import { rowKeyText } from './stored-rows.js'
import { internalsOf, type Target, type WriteBuilder } from './write.js'

/** The call whose rows are about to be locked. */
interface Call {
  readonly builder: WriteBuilder
  readonly context: WriteContext
}

/** Rows of one entity, as they are stored or will be. */
export interface RowsBelow extends Target {
  readonly rows: readonly RowData[]
}

const note = Symbol('rows that the call has locked from above')

/** Whether rules write what rows belong to before the rows, so that it is locked before them. */
export function leadsUpwards(dataSource: ModelDataSource, model: Model): boolean {
  return !takesTurns(dataSource) && model.rules.written.some((rule) => rule.before && rule.relations)
}

/**
 * Locks what rules are going to write before rows, as far upwards as they go, before the rows are locked: units that write
 * parts of one whole wait for it, holding none of its parts. All are locked in one order, from the top down.
 */
export async function lockAbove(call: Call, below: readonly RowsBelow[]): Promise<void> {
  const { dataSource } = call.builder
  const connection = connectionOf(call)
  const locked = lockedIn(call.context)
  const found = new Map<EntityMetadata, RowData[]>()
  const seen = new Set(locked)
  const add = ({ metadata }: Target, rows: readonly RowData[]): readonly RowData[] => {
    const fresh = rows.filter((row) => !seen.has(rowKeyText(metadata, row)))
    for (const row of fresh) seen.add(rowKeyText(metadata, row))
    const known = found.get(metadata)
    if (known) known.push(...fresh)
    else found.set(metadata, [...fresh])
    return fresh
  }
  let wave = below.filter(({ model }) => leadsUpwards(dataSource, model))
  // What leads to others of its own kind is locked together with them.
  for (const part of wave) if (circles(dataSource, part.metadata)) add(part, part.rows.filter(hasKey(part)))
  while (wave.length > 0) {
    const next: RowsBelow[] = []
    for (const part of wave) {
      for (const { relation, model, metadata } of above(dataSource, part)) {
        const keys = await referredKeys(connection, relation, model, part.rows)
        const fresh = add({ model, metadata }, keys)
        if (fresh.length > 0 && leadsUpwards(dataSource, model)) {
          next.push({ model, metadata, rows: await read(call, { model, metadata, rows: fresh }, false) })
        }
      }
    }
    wave = next
  }
  const parts = [...found].filter(([, rows]) => rows.length > 0).sort(([a], [b]) => inOrder(dataSource, a, b))
  for (const [metadata, rows] of parts) {
    await read(call, { metadata, model: dataSource.modelOf(metadata.target)!, rows }, true)
    for (const row of rows) locked.add(rowKeyText(metadata, row))
  }
}

/** Whether a call has locked rows, and all that they lead to upwards. */
export function areLockedAbove(context: WriteContext, metadata: EntityMetadata, rows: readonly RowData[]): boolean {
  const locked = lockedIn(context)
  return locked.size > 0 && rows.every((row) => locked.has(rowKeyText(metadata, row)))
}

function lockedIn({ notes }: WriteContext): Set<string> {
  const known = (notes.get(note) as Set<string> | undefined) ?? new Set<string>()
  notes.set(note, known)
  return known
}

async function read({ builder }: Call, { rows, ...target }: RowsBelow, locked: boolean): Promise<readonly RowData[]> {
  const found: RowData[] = []
  for (const chunk of chunks(rows, longestList)) {
    const statement = rowsStatement(builder, target, chunk, { kind: 'update', seen: 'everything' })
    found.push(...(await rowsOf(statement, target, locked)))
  }
  return found
}

interface Above extends Target {
  readonly relation: RelationMetadata
}

/** What rules of an entity write before its rows. */
function above(dataSource: ModelDataSource, { model, metadata }: Target): readonly Above[] {
  const names = model.rules.written.flatMap((rule) => (rule.before ? Object.keys(rule.relations ?? {}) : []))
  return [...new Set(names)].flatMap((name) => {
    const relation = metadata.findRelationWithPropertyPath(name)
    const led = relation?.isOwning ? dataSource.modelOf(relation.inverseEntityMetadata.target) : undefined
    return relation && led ? [{ relation, model: led, metadata: relation.inverseEntityMetadata }] : []
  })
}

/** What leads to something leads to more than that does; entities that lead to each other are ordered by their names. */
function inOrder(dataSource: ModelDataSource, a: EntityMetadata, b: EntityMetadata): number {
  return (
    reach(dataSource, a) - reach(dataSource, b) || (`${a.tablePath} ${a.name}` < `${b.tablePath} ${b.name}` ? -1 : 1)
  )
}

/** How many entities one leads to upwards. */
function reach(dataSource: ModelDataSource, metadata: EntityMetadata): number {
  const found = reached(dataSource, metadata)
  return found.size + (found.has(metadata) ? 0 : 1)
}

/** Whether rows of an entity lead to others of it, at any distance. */
const circles = (dataSource: ModelDataSource, metadata: EntityMetadata): boolean =>
  reached(dataSource, metadata).has(metadata)

/** What entities lead to, which does not change. */
const known = new WeakMap<EntityMetadata, ReadonlySet<EntityMetadata>>()

/** The entities that one leads to upwards, itself among them where it is on a circle. */
function reached(dataSource: ModelDataSource, metadata: EntityMetadata): ReadonlySet<EntityMetadata> {
  const before = known.get(metadata)
  if (before) return before
  const found = new Set<EntityMetadata>()
  const add = (one: EntityMetadata) => {
    const model = dataSource.modelOf(one.target)
    if (model) for (const next of above(dataSource, { model, metadata: one })) found.add(next.metadata)
  }
  add(metadata)
  for (const one of found) add(one)
  known.set(metadata, found)
  return found
}

const hasKey =
  ({ metadata }: Target) =>
  (row: RowData): boolean =>
    metadata.primaryColumns.every((column) => ![undefined, null].includes(column.getEntityValue(row) as null))

function connectionOf({ builder, context }: Call): Connection {
  const { dataSource } = builder
  const runner = internalsOf(builder).queryRunner ?? dataSource.createQueryRunner()
  return { dataSource, runner, operation: context.operation, reading: () => '' }
}

import type { EntityMetadata } from 'typeorm'
import { type Awaitable, andThen } from '../../helpers/awaitable.js'
import type { ModelDataSource } from '../data-source.js'
import type { EngineType } from '../dialects/engines.js'
import type { EntityRow } from '../entity-row.js'
import { primaryPathsOf } from '../lists/column-path.js'
import type { KeyValue } from '../lists/keyset.js'
import { keyValue, ListQuery, rowsToRead } from '../lists/list-query.js'
import type { Sight } from '../scopes/sight.js'
import type { Selection } from '../selection.js'
import { readEngineOf } from './engines/engines.js'
import type { RawRows, ReadStatement } from './engines/read-engine.js'
import { joinedSights, readSight, slottedSight } from './joined-sights.js'
import { type Reading, readShape, slottedReading } from './list-shape.js'
import { keptStatement, type ToWrite } from './read-template.js'
import type { ReadRow, TextForm } from './row-form.js'
import { runRead } from './run-read.js'
import { SeenRow } from './seen-row.js'
import { Shape, type Slots } from './slot.js'
import type { TestedForm } from './tested-form.js'

/** Rows of a list as JSON texts, and the values of their sort keys where they were asked for. */
export interface ReadTexts {
  readonly rows: readonly string[]
  readonly keys: readonly (readonly KeyValue[])[]
  /** Whether rows stand beyond them, where the slice looks ahead. */
  readonly goesOn: boolean
}

/** Reads a slice of a list: the rows that `ListQuery.read` reads, written as the serializer writes them. */
export function readTexts(
  form: TextForm,
  reading: Reading,
  withKeys: boolean,
  call: object = {},
): Awaitable<ReadTexts> {
  const places = withKeys ? keyPlaces(form, reading) : undefined
  const keysOfRow = (row: readonly unknown[]) =>
    places ? places.map((place) => keyValue(row[place])) : row.slice(form.width).map(keyValue)
  const { limit, from } = reading.slice
  return andThen(send(form, reading, withKeys && !places, call), (read) => {
    const goesOn = read.rows.length > limit
    const raw = goesOn ? { ...read, rows: read.rows.slice(0, limit) } : read
    const listed = (texts: readonly string[]): ReadTexts => {
      const keys = withKeys ? raw.rows.map(keysOfRow) : []
      if (!from?.backwards) return { rows: texts, keys, goesOn }
      return { rows: texts.toReversed(), keys: keys.toReversed(), goesOn }
    }
    return form.isPlain ? listed(form.texts(raw)) : form.textsFor(raw, call).then(listed)
  })
}

/** Where the values of sort keys stand among those that are read anyway; undefined where any of them does not. */
function keyPlaces({ layout, dataSource }: TextForm, { options }: Reading): readonly number[] | undefined {
  const { exactKinds } = readEngineOf(dataSource.options.type as EngineType)
  const places: number[] = []
  for (const { path } of options.keys) {
    const { column, kind, relations, members } = path
    const isOwn = relations.length === 0 && members.length === 0 && exactKinds.has(kind.kind)
    const place = isOwn ? layout.placeOf(column) : undefined
    if (place === undefined) return undefined
    places.push(place)
  }
  return places
}

const first = ([row]: readonly ReadRow[]): ReadRow | undefined => row

/** Reads the first row of a selection. */
export function readFirst(
  form: TextForm,
  selection: Selection<EntityRow>,
  call: object = {},
): Awaitable<ReadRow | undefined> {
  return andThen(send(form, oneOf(selection), false, call), (raw) =>
    form.isPlain ? first(form.rows(raw)) : form.rowsFor(raw, call).then(first),
  )
}

/** Reads the first row of a selection for who must see it before it is written. */
export function readSeen(
  form: TestedForm,
  selection: Selection<EntityRow>,
  call: object = {},
): Awaitable<SeenRow | undefined> {
  return andThen(send(form, oneOf(selection), false, call), (raw) =>
    raw.rows.length > 0 ? new SeenRow(form, raw) : undefined,
  )
}

/** Whether the rows of a selection can be read in a form: they come without entities that relations lead to. */
export function canRead({ entity }: TextForm, selection: Selection<EntityRow>): boolean {
  return selection.entity === entity && selection.parts.relations.size === 0
}

/** Whether a selection is of all rows that it finds. */
export function isWhole({ parts: { offset, limit } }: Selection<EntityRow>): boolean {
  return offset === 0 && limit === undefined
}

/** How single rows of an entity are read: the first one by its key, which is known once for all of them. */
const byKey = new WeakMap<EntityMetadata, Omit<Reading, 'selection'>>()

function oneOf(selection: Selection<EntityRow>): Reading {
  const { metadata, manager } = selection.repository
  const known = byKey.get(metadata)
  if (known) return { selection, options: known.options, slice: known.slice }
  byKey.set(metadata, firstByKey(manager.dataSource, selection))
  return oneOf(selection)
}

function firstByKey(dataSource: ModelDataSource, { entity }: Selection<EntityRow>): Omit<Reading, 'selection'> {
  const keys = primaryPathsOf(dataSource, entity).map((path) => ({ path, direction: 'ASC' }) as const)
  return { options: { conditions: [], keys }, slice: { limit: 1 } }
}

function send(form: TextForm, reading: Reading, withKeys: boolean, call: object): Awaitable<RawRows> {
  const { manager, queryRunner } = reading.selection.repository
  const statement = statementOf(form, reading, withKeys, call)
  return runRead(form.dataSource, statement, queryRunner ?? manager.queryRunner)
}

function statementOf(form: TextForm, reading: Reading, withKeys: boolean, call: object): ReadStatement {
  const { dataSource, layout } = form
  const sights = joinedSights(layout, call)
  const shape = new Shape()
  shape.add(form.key)
  shape.add(withKeys ? 'keys' : '')
  const isKept = readShape(reading, dataSource, shape) && sights.every((sight) => readSight(sight, shape))
  return keptStatement(dataSource, shape, isKept, (slots) => written(form, { reading, withKeys, sights }, slots))
}

interface Writing {
  readonly reading: Reading
  readonly withKeys: boolean
  /** How the joined tables are looked at. */
  readonly sights: readonly (Sight | undefined)[]
}

function written({ layout }: TextForm, { reading, withKeys, sights }: Writing, slots?: Slots): ToWrite {
  const { selection, options, slice, offset } = slots
    ? slottedReading(reading, slots)
    : { ...reading, offset: undefined }
  const seen = slots ? sights.map((sight) => slottedSight(sight, slots)) : sights
  const statement = new ListQuery(selection, options).statement(slice, {
    withKeys,
    select: (builder) => layout.select(builder, seen),
    ...(slots && { bindings: new Map() }),
  })
  const { builder } = statement
  const single = rowsToRead(slice) === 1
  if (offset === undefined) return { builder, single }
  const skipped = statement.bind(offset)
  return { builder, wrap: (sql) => `${sql} OFFSET ${skipped}`, single }
}

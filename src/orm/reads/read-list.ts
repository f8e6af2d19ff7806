import type { ModelDataSource } from '../data-source.js'
import type { EntityRow } from '../entity-row.js'
import { primaryPathsOf } from '../lists/column-path.js'
import type { KeyValue } from '../lists/keyset.js'
import { keyValue, ListQuery } from '../lists/list-query.js'
import type { Selection } from '../selection.js'
import type { RawRows, ReadStatement } from './engines/read-engine.js'
import { type Reading, readShape, slottedReading } from './list-shape.js'
import { writeStatement } from './read-template.js'
import type { ReadRow, RowForm } from './row-form.js'
import { runRead } from './run-read.js'
import { Shape, Slots } from './slot.js'
import { templatesOf } from './template-store.js'

/** Rows of a list as JSON texts, and the values of their sort keys where they were asked for. */
export interface ReadTexts {
  readonly rows: readonly string[]
  readonly keys: readonly (readonly KeyValue[])[]
}

/** Reads a slice of a list: the rows that `ListQuery.read` reads, written as the serializer writes them. */
export async function readTexts(form: RowForm, reading: Reading, withKeys: boolean): Promise<ReadTexts> {
  const raw = await send(form, reading, withKeys)
  const texts = form.texts(raw)
  const keys = withKeys ? raw.rows.map((row) => row.slice(form.width).map(keyValue)) : []
  if (!reading.slice.from?.backwards) return { rows: texts, keys }
  return { rows: texts.toReversed(), keys: keys.toReversed() }
}

/** Reads the first row of a selection. */
export async function readFirst(form: RowForm, selection: Selection<EntityRow>): Promise<ReadRow | undefined> {
  const options = { conditions: [], keys: keysOf(form.dataSource, selection) }
  const raw = await send(form, { selection, options, slice: { limit: 1 } }, false)
  return form.rows(raw)[0]
}

/** Whether the rows of a selection can be read in a form: they come without what relations lead to. */
export function canRead({ entity }: RowForm, selection: Selection<EntityRow>): boolean {
  return selection.entity === entity && selection.parts.relations.size === 0
}

/** Whether a selection is of all rows that it finds. */
export function isWhole({ parts: { offset, limit } }: Selection<EntityRow>): boolean {
  return offset === 0 && limit === undefined
}

function keysOf(dataSource: ModelDataSource, { entity }: Selection<EntityRow>) {
  return primaryPathsOf(dataSource, entity).map((path) => ({ path, direction: 'ASC' }) as const)
}

function send(form: RowForm, reading: Reading, withKeys: boolean): Promise<RawRows> {
  const { manager, queryRunner } = reading.selection.repository
  const statement = statementOf(form, reading, withKeys)
  const single = reading.slice.limit === 1
  return runRead(form.dataSource, single ? { ...statement, single } : statement, queryRunner ?? manager.queryRunner)
}

function statementOf(form: RowForm, reading: Reading, withKeys: boolean): ReadStatement {
  const { dataSource } = form
  const shape = new Shape()
  shape.add(form.key + (withKeys ? ' keys' : ''))
  if (!readShape(reading, dataSource, shape)) return written(form, reading, withKeys)
  const templates = templatesOf(dataSource)
  const known = templates.get(shape.key)
  if (known) return known.with(shape.values)
  return written(form, reading, withKeys, shape)
}

function written(form: RowForm, reading: Reading, withKeys: boolean, shape?: Shape): ReadStatement {
  const { selection, options, slice, offset } = shape
    ? slottedReading(reading, new Slots(shape))
    : { ...reading, offset: undefined }
  const statement = new ListQuery(selection, options).statement(slice, {
    withKeys,
    select: (builder) => form.select(builder),
    ...(shape && { bindings: new Map() }),
  })
  const suffix = offset === undefined ? '' : ` OFFSET ${statement.bind(offset)}`
  const made = writeStatement(statement.builder, suffix)
  if ('statement' in made) return made.statement
  if (!shape) return made.template.with([])
  templatesOf(form.dataSource).set(shape.key, made.template)
  return made.template.with(shape.values)
}

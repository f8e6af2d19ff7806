import type { FieldError } from '../../errors/app-exception.js'
import { pointerTo } from '../../errors/json-pointer.js'
import type { Awaitable } from '../../helpers/awaitable.js'
import type { AnyClass } from '../../metadata/fact-kind.js'
import { matching, type Operand, oneOf } from '../../model/predicate.js'
import type { ModelDataSource } from '../../orm/data-source.js'
import type { EntityRow } from '../../orm/entity-row.js'
import { lockedRows } from '../../orm/relations/locked-rows.js'
import { rowsOf } from '../../orm/relations/related.js'
import { takesTurns } from '../../orm/unit-of-work/takes-turns.js'
import { noteWritten } from '../../orm/writes/call-rows.js'
import { touchRow } from '../../orm/writes/touch-row.js'
import { isWrittenAlong } from '../../orm/writes/written-along.js'
import type { CompiledNested, CompiledSerializer } from '../../serializer/compiled-serializer.js'
import type { Call } from '../call.js'
import { permitRelated } from './permit-related.js'
import { unknownKeys } from './unknown-keys.js'

/** Values of a row as a serializer read them, and where in the body they stood. */
export interface Part {
  readonly values: Readonly<Record<string, unknown>>
  readonly at: readonly string[]
  /** The row as it was read; a new one is not there yet. */
  readonly row?: EntityRow
}

/** What writing related rows needs. */
export interface RelatedWrites {
  readonly dataSource: ModelDataSource
  readonly call: Call
  /** What is to be asked when all is written. */
  readonly atEnd: (() => Promise<unknown>)[]
}

/** How rows are written that have related rows of their own. */
export interface Deeper {
  ownValues(
    writes: RelatedWrites,
    serializer: CompiledSerializer,
    parts: readonly Part[],
  ): Promise<Record<string, unknown>[]>
  writeRelated(writes: RelatedWrites, serializer: CompiledSerializer, row: EntityRow, part: Part): Promise<void>
}

/** A value of a body, and where it stood. */
export interface Item {
  readonly value: unknown
  readonly at: readonly string[]
}

/** The keys, as text, of rows that are linked already with the row that each item is given of. */
export type LinkedKeys = (items: readonly Item[]) => Awaitable<readonly ReadonlySet<string>[]>

/** Keys of rows that are referred to by a relation. */
export interface Referred {
  /** The entity whose rows refer to them. */
  readonly entity: AnyClass
  readonly items: readonly Item[]
  /** Is asked where a rule says to which rows a call may refer. */
  readonly linked: LinkedKeys
}

/**
 * The keys that were given, now that one statement has shown that their rows are there for this call, and that it may refer
 * to them. They stay so until the unit of work ends. Rows that are written along are looked at first, and again when all is
 * written: who keeps others from changing a row beside somebody else cannot change it himself.
 * @throws {ValidationError} otherwise.
 */
export async function visibleKeys(
  writes: RelatedWrites,
  nested: CompiledNested,
  { entity, items, linked }: Referred,
): Promise<readonly unknown[]> {
  const { dataSource } = writes
  const isLocked = !isWrittenAlong(dataSource, entity, nested.name)
  let known: ReturnType<LinkedKeys> | undefined
  // What the rows refer to is another question once they are written.
  const once = () => (known ??= linked(items))
  const keys = await keysOfVisible(writes, nested, items, { linkedKeys: once, isLocked })
  if (!isLocked && !takesTurns(dataSource)) {
    writes.atEnd.push(() => keysOfVisible(writes, nested, items, { linkedKeys: once, isLocked: true }))
  }
  return keys
}

interface Looking {
  readonly linkedKeys: LinkedKeys
  readonly isLocked: boolean
}

async function keysOfVisible(
  writes: RelatedWrites,
  nested: CompiledNested,
  given: readonly Item[],
  { linkedKeys, isLocked }: Looking,
): Promise<readonly unknown[]> {
  const keys = given.map(({ value }) => value)
  const known = await rowsReferredTo(writes, nested, given, isLocked)
  const errors = errorsOfUnknown(given, known)
  if (errors.length > 0) throw unknownKeys(errors)
  const { call } = writes
  if (known.size === 0 || !(await nested.decisions(call)).has('refer')) return keys
  const linked = await linkedKeys(given)
  const judged = given.flatMap(({ value, at }, index) => {
    const row = value === null || linked[index]?.has(keyText(value)) ? undefined : known.get(keyText(value))
    return row ? [{ at, row }] : []
  })
  await permitRelated(call, nested, 'refer', judged)
  return keys
}

type KnownRows = ReadonlyMap<string, EntityRow>

/** The rows that keys lead to, by their keys. */
export async function rowsReferredTo(
  { dataSource, call }: RelatedWrites,
  { serializer, scope }: CompiledNested,
  given: readonly Item[],
  isLocked: boolean,
): Promise<KnownRows> {
  const asked = [...new Set(given.flatMap(({ value }) => value ?? []))]
  if (asked.length === 0) return new Map()
  const { description } = serializer
  const key = description.primary[0]!.name
  let rows = rowsOf(dataSource, description.entity)
    .select()
    .where(oneOf(key, asked as Operand[]))
  if (scope) rows = rows.where(matching(scope(call as never) as Readonly<Record<string, Operand | null>>))
  const found = await (isLocked ? lockedRows(dataSource, rows.queryBuilder(), 'refer') : rows.rows())
  return new Map(found.map((row) => [keyText(row[key]), row]))
}

/** What is wrong with keys that lead to none of some rows. */
export function errorsOfUnknown(given: readonly Item[], known: KnownRows): readonly FieldError[] {
  return given
    .filter(({ value }) => value !== null && value !== undefined && !known.has(keyText(value)))
    .map(({ at }) => ({ pointer: pointerTo(...at), code: 'not_found', message: 'refers to no row that you may see' }))
}

/** Makes one row. */
export async function insertRow(
  { dataSource }: RelatedWrites,
  { description }: CompiledSerializer,
  values: object,
): Promise<EntityRow> {
  const repository = rowsOf(dataSource, description.entity)
  const row = repository.create(values)
  await repository.insert(row)
  noteWritten(repository.metadata, [row])
  return row
}

/**
 * Writes a row to which something is about to be written that belongs to it, where the row tells that it was written: who
 * knows it as it was must not write to it any more.
 */
export async function touchOwner(
  { dataSource }: RelatedWrites,
  { description }: CompiledSerializer,
  row: EntityRow,
): Promise<void> {
  const tells = [...description.properties.values()].some(({ role }) => role === 'version' || role === 'lastModified')
  if (tells) await touchRow(rowsOf(dataSource, description.entity), row)
}

/** Keys are compared as text, because drivers give large numbers as text. */
export const keyText = (key: unknown): string => String(key)

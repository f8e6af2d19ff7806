import type { EntityMetadata, ObjectLiteral } from 'typeorm'
import type { AnyClass } from '../../metadata/fact-kind.js'
import type { RowData } from '../../model/matches.js'
import type { RowPair } from '../../model/rule.js'
import type { WriteContext } from '../../model/rule-context.js'
import { afterCommitOf } from '../writes/transactions.js'
import type { Target, WriteBuilder } from '../writes/write.js'
import { namedIds } from './named-ids.js'
import type { WriteCause, WriteEvent } from './write-event.js'

/** What a write is called, and what it comes from. */
export interface Happening {
  readonly kind: string
  readonly cause?: WriteCause
  /** The primary keys, where the caller named them. */
  readonly ids?: readonly unknown[]
}

/** A write, as far as those who listen to it are concerned. */
export interface Announced extends Target {
  readonly builder: WriteBuilder
  readonly context: WriteContext
  readonly event: Happening
}

/** Whether rules or handlers want to hear of a write, so that its rows must be known. */
export function isHeard({ builder, model, event }: Omit<Announced, 'context'>): boolean {
  return model.rules.written.length > 0 || builder.dataSource.events.hears(model, event.kind)
}

/** Lets the handlers `before…` refuse the rows of a write. */
export async function announce(write: Announced, rowsOf: () => readonly RowPair[]): Promise<void> {
  const { builder, model, event } = write
  if (!builder.dataSource.events.hears(model, event.kind, 'before')) return
  const rows = rowsOf()
  if (rows.length > 0) await builder.dataSource.events.before(model, eventOf(write, rows))
}

/** Tells the handlers `after…` of rows that are written, once that is committed. */
export function confirm(write: Announced, rows: readonly RowPair[]): void {
  const { builder, model } = write
  builder.dataSource.events.after(model, eventOf(write, rows), (hook) => afterCommitOf(builder, hook))
}

/** Tells those who hear of every committed write of rows. */
export function confirmRead(write: Announced, rows: readonly RowPair[]): void {
  const ids = idsOf(write.metadata, rows)
  tell(write, ids.length < rows.length ? 'many' : ids)
}

/** Tells of rows that nobody has read, or that are known by their keys alone, once that is committed. */
export function confirmUnread(write: Announced, affected: number | null | undefined): void {
  if (affected === 0 || !write.builder.dataSource.events.watched) return
  const ids = write.event.ids ?? namedIds(write.builder, write) ?? []
  // Of rows that were named some may not be there.
  tell(write, ids.length > 0 && ids.length === affected ? ids : 'many')
}

/** Tells of links that a junction table has got or lost: the rows at both ends are other ones to those who keep them. */
export function confirmLinks(builder: WriteBuilder, operation: string): void {
  const { mainAlias } = builder.expressionMap
  if (!builder.dataSource.events.watched || !mainAlias?.hasMetadata || !mainAlias.metadata.isJunction) return
  const { ownerColumns, inverseColumns } = mainAlias.metadata
  const ends = [...ownerColumns, ...inverseColumns].flatMap(
    ({ referencedColumn }) => referencedColumn?.entityMetadata ?? [],
  )
  for (const { target } of new Set(ends)) {
    const write = { kind: 'update', entity: target as AnyClass, ids: 'many', operation } as const
    afterCommitOf(builder, () => builder.dataSource.events.tell(write))
  }
}

function tell({ builder, model, context, event }: Announced, ids: readonly unknown[] | 'many'): void {
  const write = Object.freeze({ kind: event.kind, entity: model.entity, ids, operation: context.operation })
  afterCommitOf(builder, () => builder.dataSource.events.tell(write))
}

function eventOf({ model, metadata, context, event }: Announced, rows: readonly RowPair[]): WriteEvent {
  const { operation, now, input } = context
  const { kind, cause } = event
  const ids = idsOf(metadata, rows)
  return Object.freeze({ kind, entity: model.entity, operation, now, ids, rows, input, ...(cause && { cause }) })
}

function idsOf(metadata: EntityMetadata, rows: readonly RowPair[]): readonly unknown[] {
  return keysOf(
    metadata,
    rows.map(({ before, after }) => before ?? after ?? {}),
  ).filter((id) => id !== undefined)
}

/** The primary keys of rows, a list for a key of several columns. */
export function keysOf(
  { primaryColumns }: EntityMetadata,
  rows: readonly (RowData | ObjectLiteral)[],
): readonly unknown[] {
  const [only, ...others] = primaryColumns
  return rows.map((row) =>
    others.length === 0
      ? (only?.getEntityValue(row) as unknown)
      : primaryColumns.map((key) => key.getEntityValue(row) as unknown),
  )
}

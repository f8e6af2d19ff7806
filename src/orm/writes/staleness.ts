import type { EntityMetadata } from 'typeorm'
import type { ConflictError } from '../../errors/exceptions.js'
import { evaluated } from '../../model/expression.js'
import { matches, type RowData } from '../../model/matches.js'
import { matching, type Operand } from '../../model/predicate.js'
import type { Change, Rule } from '../../model/rule.js'
import { columnOf } from '../schema/column-terms.js'
import { rowsOf } from './read-rows.js'
import { type Staleness, stale } from './refusals.js'
import { keysOfRows } from './stored-rows.js'
import { type Target, updateLike, type WriteBuilder } from './write.js'

/**
 * Refuses a change of a row that is not as the guards of the rules need it. It comes before anything else the rules
 * say, so that who is late is told so.
 * @throws {ConflictError} `STALE`
 */
export function assertCurrent(
  { model, metadata }: Target,
  rules: readonly Rule[],
  place: Omit<Change, 'after'>,
  shared: RowData,
): void {
  const { before, given } = place
  const change: Change = { ...place, after: { ...before, ...evaluated({ ...given, ...shared }, before) } }
  const guard: RowData = Object.assign({}, ...rules.map((rule) => rule.guard?.(change)))
  const condition = matching(guard as Readonly<Record<string, Operand | null>>)
  if (!matches(condition, before)) throw stale(model, staleness(metadata, guard, before))
}

/** The error for a row whose guard did not hold when it was written, with what is stored now. */
export async function staleRow(
  builder: WriteBuilder,
  target: Target,
  { before, guard }: { readonly before: RowData; readonly guard: RowData },
): Promise<ConflictError> {
  const named = updateLike(builder, target, {}).whereInIds(keysOfRows(target.metadata, [before]))
  const [actual] = await rowsOf(named, target)
  return stale(target.model, staleness(target.metadata, guard, actual))
}

/** It reaches the client, so columns that reads leave out are not part of it. */
function staleness(metadata: EntityMetadata, guard: RowData, stored: RowData | undefined): Staleness {
  const names = Object.keys(guard).filter((property) => columnOf(metadata, property)?.isSelect)
  const shown = (row: RowData) => Object.fromEntries(names.map((name) => [name, row[name]]))
  return { expected: shown(guard), actual: stored ? shown(stored) : null }
}

import type { EntityMetadata } from 'typeorm'
import { ContextSlot } from '../../helpers/context-slot.js'
import type { RowData } from '../../model/matches.js'
import type { WriteContext } from '../../model/rule-context.js'
import { currentSave } from './save.js'
import { rowKeyText } from './stored-rows.js'

const note = Symbol('rows of the call')

const together = new ContextSlot<Set<string>>()

/**
 * Runs several calls that write one thing, such as a row and its parts: a row that one of them writes, or touches, is touched
 * by none of the others.
 */
export function asOneWrite<T>(work: () => T): T {
  return together.run(new Set(), work)
}

/** Notes that one of several such calls has written rows. */
export function noteWritten(metadata: EntityMetadata, rows: readonly RowData[]): void {
  const noted = together.get()
  for (const row of rows) noted?.add(rowKeyText(metadata, row))
}

/** Notes that a call writes rows, so that nothing that comes along with it writes them a second time. */
export function noteRows(context: WriteContext, metadata: EntityMetadata, rows: readonly RowData[]): void {
  const noted = notedIn(context)
  for (const row of rows) noted.add(rowKeyText(metadata, row))
}

/** Whether a call writes a row anyway. */
export function isNoted(context: WriteContext, metadata: EntityMetadata, row: RowData): boolean {
  return notedIn(context).has(rowKeyText(metadata, row)) || currentSave()?.changes(metadata, row) === true
}

function notedIn({ notes }: WriteContext): Set<string> {
  const whole = together.get()
  if (whole) return whole
  const noted = (notes.get(note) as Set<string> | undefined) ?? new Set<string>()
  notes.set(note, noted)
  return noted
}

import type { RowData } from '../../model/matches.js'
import type { RowPair } from '../../model/rule.js'
import { rowsStatement } from '../deletion/rows-statement.js'
import { type Announced, confirm, confirmRead, isHeard } from '../events/announcement.js'
import { noteRows } from './call-rows.js'
import { chunks, longestList } from './groups.js'
import { rowsOf } from './read-rows.js'
import { Scene } from './scene.js'
import { primaryKeyText } from './stored-rows.js'

/** Tells the rules that rows are about to be written, with what is known of them; the same where nothing will be. */
export async function tellUpcoming(write: Announced, pairsOf: () => readonly RowPair[]): Promise<void> {
  const { builder, model, metadata, context, event } = write
  if (model.rules.written.length === 0) return
  const pairs = pairsOf().filter(isWritten)
  const known = pairs.map(({ before, after }) => before ?? after!)
  noteRows(context, metadata, known)
  const scene = new Scene(builder, { model, metadata }, context)
  for (const rule of model.rules.written) {
    if (!rule.before) continue
    for (const chunk of chunks(pairs, longestList)) {
      const told = chunk.map((row) => ({ kind: event.kind, ...row }))
      await rule.before(told, scene.contextFor(rule, told[0]!.after ?? told[0]!.before!))
    }
  }
}

/**
 * Tells everybody who wants to hear of rows that they are written: the rules now, handlers and those who hear of every
 * write once it is committed. What is stored is read again, because the database computes and rounds.
 * @param pairsOf the rows before, and as far as that is known in memory after; the same where nothing was written.
 */
export async function tellWritten(write: Announced, pairsOf: () => readonly RowPair[]): Promise<void> {
  const { builder, model, event } = write
  const { events } = builder.dataSource
  const heard = isHeard(write)
  if (!heard && !events.watched) return
  const pairs = pairsOf()
  if (pairs.length === 0) return
  if (events.watched && pairs.some(isWritten)) confirmRead(write, pairs.filter(isWritten))
  const late = events.hears(model, event.kind, 'after')
  const early = model.rules.written.some((rule) => rule.after !== undefined)
  if (!early && !late) return
  const rows = await storedPairs(write, late ? pairs : pairs.filter(isWritten))
  await tellRules(write, rows.filter(isWritten))
  if (late) confirm(write, rows)
}

const isWritten = ({ before, after }: RowPair): boolean => before !== after

async function tellRules({ model, metadata, builder, context, event }: Announced, rows: readonly RowPair[]) {
  if (model.rules.written.length === 0) return
  const scene = new Scene(builder, { model, metadata }, context)
  for (const chunk of chunks(rows, longestList)) {
    const told = chunk.map((row) => ({ kind: event.kind, ...row }))
    for (const rule of model.rules.written) {
      await rule.after?.(told, scene.contextFor(rule, told[0]!.after ?? told[0]!.before!))
    }
  }
}

async function storedPairs(write: Announced, pairs: readonly RowPair[]): Promise<readonly RowPair[]> {
  const stored = new Map<string, RowData>()
  const kept = pairs.flatMap(({ before, after }): readonly RowData[] => (after && after !== before ? [after] : []))
  for (const chunk of chunks(kept, longestList)) {
    const builder = rowsStatement(write.builder, write, chunk, { kind: 'update', seen: 'everything' })
    for (const row of await rowsOf(builder, write, false)) stored.set(primaryKeyText(write.metadata, row), row)
  }
  return pairs.map(({ before, after }) => {
    if (after === before) return { before, after }
    return { before, after: after && (stored.get(primaryKeyText(write.metadata, after)) ?? null) }
  })
}

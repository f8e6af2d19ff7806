import type { RowData } from '../../model/matches.js'
import type { Model } from '../../model/model.js'
import { rowsStatement } from '../deletion/rows-statement.js'
import { chunks, longestList } from './groups.js'
import { rowsOf } from './read-rows.js'
import type { Scene } from './scene.js'
import { primaryKeyText } from './stored-rows.js'
import type { Target, WriteBuilder } from './write.js'

/** A write as those who hear of it are told. */
export interface Told extends Target {
  readonly builder: WriteBuilder
  readonly scene: Scene
  readonly kind: string
}

/** A row before a write, and as far as it is known in memory after it; null where there is none. */
export interface RowPair {
  readonly before: RowData | null
  readonly after: RowData | null
}

/** Whether any rule wants to know which rows were written, so that writes must know it. */
export function isHeard({ rules }: Model): boolean {
  return rules.written.length > 0
}

/** Tells the rules which rows were written: what is stored is read again, because the database computes and rounds. */
export async function tellWritten(told: Told, pairs: readonly RowPair[]): Promise<void> {
  const { model, metadata, scene, kind } = told
  if (!isHeard(model)) return
  for (const chunk of chunks(pairs, longestList)) {
    const stored = await storedRows(told, chunk)
    const rows = chunk.map(({ before, after }) => ({
      kind,
      before,
      after: after && (stored.get(primaryKeyText(metadata, after)) ?? null),
    }))
    for (const rule of model.rules.written) {
      await rule.after(rows, scene.contextFor(rule, rows[0]!.after ?? rows[0]!.before!))
    }
  }
}

async function storedRows(told: Told, pairs: readonly RowPair[]): Promise<ReadonlyMap<string, RowData>> {
  const kept = pairs.flatMap(({ after }): readonly RowData[] => (after ? [after] : []))
  if (kept.length === 0) return new Map()
  const builder = rowsStatement(told.builder, told, kept, { kind: 'update', seen: 'everything' })
  const rows = await rowsOf(builder, told, false)
  return new Map(rows.map((row) => [primaryKeyText(told.metadata, row), row]))
}

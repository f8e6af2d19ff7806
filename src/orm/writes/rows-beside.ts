import type { EntityMetadata } from 'typeorm'
import type { RowData } from '../../model/matches.js'
import type { Model } from '../../model/model.js'
import type { WriteContext } from '../../model/rule-context.js'
import type { Seen } from '../deletion/related-rows.js'
import { rowsStatement } from '../deletion/rows-statement.js'
import { isNoted, noteRows } from './call-rows.js'
import { chunks, longestList } from './groups.js'
import { areLockedAbove } from './lock-above.js'
import { sharedValues } from './row-change.js'
import { noteTouched } from './touched-rows.js'
import type { WriteBuilder } from './write.js'
import { executeIn } from './write-context.js'

/** The call that rows are written as part of. */
interface Call {
  readonly builder: WriteBuilder
  readonly context: WriteContext
}

/** Rows of an entity that a call writes besides its own, known by their primary keys, under their own rules; visible ones unless told. */
export class RowsBeside {
  readonly model: Model
  readonly #call: Call
  readonly #metadata: EntityMetadata

  constructor(call: Call, metadata: EntityMetadata, model: Model) {
    this.#call = call
    this.#metadata = metadata
    this.model = model
  }

  /**
   * @param ruled whether the update rules of the entity apply.
   * @returns how many rows were written.
   */
  async update(values: RowData, rows: readonly RowData[], seen: Seen = 'visible', ruled = true): Promise<number> {
    const { builder, context } = this.#call
    const target = { model: this.model, metadata: this.#metadata }
    let written = 0
    noteTouched(this.#metadata, rows)
    for (const chunk of chunks(rows, longestList)) {
      const statement = rowsStatement(builder, target, chunk, { kind: 'update', seen })
      const led = areLockedAbove(context, this.#metadata, chunk)
      const { affected } = await executeIn({ context, ruled, led }, statement, values)
      written += affected ?? 0
    }
    return written
  }

  /** Whether an update of nothing would write anything. */
  get canBeTouched(): boolean {
    const rules = this.model.rules.update
    return (
      rules.some((rule) => rule.each !== undefined) || Object.keys(sharedValues(rules, this.#call.context)).length > 0
    )
  }

  /** Those of the rows that the call neither writes anyway nor has touched already. */
  untouched(rows: readonly RowData[]): readonly RowData[] {
    return rows.filter((row) => !isNoted(this.#call.context, this.#metadata, row))
  }

  /**
   * Writes rows as an update of nothing would, each once in a call, and not where the call writes it anyway.
   * @returns how many rows were written.
   */
  async touch(rows: readonly RowData[]): Promise<number> {
    if (!this.canBeTouched) return 0
    const { context } = this.#call
    const untouched = this.untouched(rows)
    noteRows(context, this.#metadata, untouched)
    return this.update({}, untouched)
  }
}

import { adopted } from '../../helpers/awaitable.js'
import type { EntityRow } from '../../orm/entity-row.js'
import { narrowedBy } from '../../orm/narrowed-rows.js'
import type { Selection } from '../../orm/selection.js'
import type { RowDecision } from '../../orm/writes/by-statement/allowed-row.js'
import { isAsConditioned } from '../conditional/evaluate.js'
import type { RowValidators } from '../conditional/validators.js'
import type { Exchange } from '../exchange.js'
import { conditionOf } from '../row-where.js'

/** The rows that may be written. */
export interface AllowedRows {
  readonly rows: Selection<EntityRow>
  /** What is left to be asked of each; undefined where that is nothing. */
  readonly decide: RowDecision | undefined
}

/**
 * Asks what the permission of an action, and the conditions of a request, leave open, of a row that is written without a unit of
 * work. An answer that takes time may depend on other rows, which only a unit of work keeps as they were: then the ordinary way
 * asks, from there on always.
 */
export class RowDecider {
  #takesTime = false

  /** Whether a unit of work has to ask. */
  takesTime({ rowTest }: Exchange): boolean {
    return rowTest !== undefined && this.#takesTime
  }

  /**
   * The rows of a selection that may be written as far as a statement can say, and what is to be asked of each besides.
   * @param validators those of the row, where the conditions of the request are about it.
   */
  of(rows: Selection<EntityRow>, { rowTest, preconditions }: Exchange, validators?: RowValidators): AllowedRows {
    const condition = rowTest && conditionOf(rowTest)
    const allowed = condition && narrowedBy(rows, condition)
    const isMet = validators && preconditions && ((row: EntityRow) => isAsConditioned(preconditions, row, validators))
    return { rows: allowed ?? rows, decide: this.#decision(allowed ? undefined : rowTest, isMet) }
  }

  #decision(rowTest: Exchange['rowTest'], isMet: ((row: EntityRow) => boolean) | undefined): RowDecision | undefined {
    if (!rowTest && !isMet) return undefined
    return (row) => {
      if (isMet && !isMet(row)) return false
      if (!rowTest) return true
      const answer = adopted(rowTest(row as never))
      if (answer instanceof Promise) {
        this.#takesTime = true
        // Whoever asks again hears of it.
        answer.catch(() => undefined)
      }
      return answer
    }
  }
}

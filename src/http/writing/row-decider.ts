import type { RowDecision } from '../../orm/writes/by-statement/allowed-row.js'
import { isAsConditioned } from '../conditional/evaluate.js'
import type { RowValidators } from '../conditional/validators.js'
import type { Exchange } from '../exchange.js'

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
   * Undefined where nothing is left open.
   * @param validators those of the row, where the conditions of the request are about it.
   */
  of({ rowTest, preconditions }: Exchange, validators?: RowValidators): RowDecision | undefined {
    const conditions = validators && preconditions
    if (!rowTest && !conditions) return undefined
    return (row) => {
      if (conditions && !isAsConditioned(conditions, row, validators)) return false
      if (!rowTest) return true
      const answer = rowTest(row as never)
      if (answer instanceof Promise) {
        this.#takesTime = true
        // Whoever asks again hears of it.
        answer.catch(() => undefined)
      }
      return answer
    }
  }
}

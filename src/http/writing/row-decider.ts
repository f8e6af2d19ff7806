import type { RowDecision } from '../../orm/writes/by-statement/allowed-row.js'
import type { Exchange } from '../exchange.js'

/**
 * Asks what the permission of an action leaves open, of a row that is written without a unit of work. An answer that takes time
 * may depend on other rows, which only a unit of work keeps as they were: then the ordinary way asks, from there on always.
 */
export class RowDecider {
  #takesTime = false

  /** Whether a unit of work has to ask. */
  takesTime({ rowTest }: Exchange): boolean {
    return rowTest !== undefined && this.#takesTime
  }

  /** Undefined where nothing was left open. */
  of({ rowTest }: Exchange): RowDecision | undefined {
    if (!rowTest) return undefined
    return (row) => {
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

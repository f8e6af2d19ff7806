import type { Foresight, RowData } from 'plinth'
import type { Move } from './keeping.js'
import type { Expecting, ManualOrder } from './manual-order.js'

/** How a verb moves one row by what is beside it; undefined where others are written with it. */
export function foreseenMove<V, S extends object, I>(
  order: ManualOrder<V, S>,
  moveOf: (input: I) => Move,
): Foresight<I & Expecting, RowData> | undefined {
  const { foreseeing } = order.keeping
  if (!foreseeing) return undefined
  return {
    asks: (row, context) => {
      const move = moveOf(context.input)
      return isStill(move) ? undefined : foreseeing.asks(order.listOf(row, context), row, move)
    },
    values: (row, answers, { input }) => {
      const place = foreseeing.place(row, moveOf(input), answers)
      return place === undefined ? undefined : order.set(place, null)
    },
    counted: (number, row, context) => {
      const { expectedVersion } = context.input
      // What may be null may be left out.
      if ((expectedVersion ?? null) !== null && number - 1 !== expectedVersion) return false
      context.notes.set(order.listOf(row, context).versionNote, number)
      return true
    },
  }
}

const isStill = (move: Move): boolean => typeof move === 'object' && 'by' in move && move.by === 0

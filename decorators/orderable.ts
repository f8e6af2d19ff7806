import { type Adds, column, defineTrait, refers } from 'plinth'
import { ManualOrder } from './orderable/manual-order.js'

/**
 * Keeps rows in an order made by hand: 1, 2, 3 without gaps, among the visible rows that have the same values in the
 * properties named by `within`. New rows come last, and so do rows that become visible again or change their list.
 * Hidden rows are in no list: their position is null. Verbs called with several rows move them in the order given.
 */
export const Orderable = defineTrait({
  name: 'Orderable',
  defaults: { within: [] as readonly string[], strategy: 'dense' as const },
  refers: refers<{ within: unknown }>(),
  columns: () => ({ position: column.integer({ nullable: true, managed: true }) }),
  indexes: ({ within }) => [{ properties: [...within, 'position'], unique: 'visible' }],
  ordering: () => [{ property: 'position', direction: 'ASC' }],
  rules: ({ within }) => {
    const order = new ManualOrder(within)
    return {
      enter: {
        sets: ['position'],
        by: within,
        locks: order.lock,
        each: async ({ after, index }, context) => ({ position: (await order.size(after, context)) + 1 + index }),
      },
      leave: {
        sets: ['position'],
        by: within,
        locks: order.lock,
        each: () => ({ position: null }),
        after: (departures, context) => order.closeGaps(departures, context),
      },
    }
  },
  inputs: () => ({
    moveTo: { position: column.integer() },
    moveBefore: { id: column.json<string | number>() },
    moveAfter: { id: column.json<string | number>() },
    swap: { id: column.json<string | number>() },
  }),
  verbs: ({ within }) => {
    const order = new ManualOrder(within)
    const locks = order.lock
    return {
      moveTo: { locks, each: (change, context) => order.moveTo(change, context.input.position, context) },
      moveBefore: { locks, each: (change, context) => order.moveBefore(change, context.input.id, context) },
      moveAfter: { locks, each: (change, context) => order.moveAfter(change, context.input.id, context) },
      moveUp: { locks, each: (change, context) => order.moveBy(change, -1, context) },
      moveDown: { locks, each: (change, context) => order.moveBy(change, 1, context) },
      moveToTop: { locks, each: (change, context) => order.move(change.before, 1 + change.index, context) },
      moveToBottom: { locks, each: (change, context) => order.move(change.before, Infinity, context) },
      swap: { locks, each: (change, context) => order.swap(change, context.input.id, context) },
    }
  },
})

export type Ordered = Adds<typeof Orderable>

import { column, type RowData, type Rules, type Verb } from 'plinth'
import { foreseenMove } from './foreseen-move.js'
import type { Move } from './keeping.js'
import type { ManualOrder } from './manual-order.js'
import type { OrderOptions } from './order-options.js'
import { Passing } from './passing.js'
import { ProposedPlace } from './proposed-place.js'

const expecting = { expectedVersion: column.integer({ nullable: true }) }

/** What the verbs of an order must be given. */
export const orderInputs = {
  moveTo: { position: column.integer(), ...expecting },
  moveBefore: { id: column.json<string | number>(), ...expecting },
  moveAfter: { id: column.json<string | number>(), ...expecting },
  moveUp: { by: column.integer({ nullable: true }), ...expecting },
  moveDown: { by: column.integer({ nullable: true }), ...expecting },
  moveToTop: expecting,
  moveToBottom: expecting,
  moveToList: {
    list: column.json<Readonly<Record<string, unknown>>>(),
    position: column.integer({ nullable: true }),
    ...expecting,
  },
  swap: { id: column.json<string | number>(), ...expecting },
  reorder: expecting,
  removeFromList: expecting,
}

type OrderVerb<K extends keyof typeof orderInputs> = Verb<
  (typeof orderInputs)[K],
  RowData,
  { readonly version: number | null }
>

/** The rules and verbs of an order. */
export class OrderParts<V, S extends object> {
  readonly #order: ManualOrder<V, S>
  readonly #passing: Passing<V, S>
  readonly #proposed: ProposedPlace<V, S>
  readonly #options: OrderOptions

  constructor(order: ManualOrder<V, S>, options: OrderOptions) {
    this.#order = order
    this.#passing = new Passing(order)
    this.#proposed = new ProposedPlace(order)
    this.#options = options
  }

  rules(): Rules<S & RowData> {
    const [order, passing, proposed] = [this.#order, this.#passing, this.#proposed]
    const { within: by, onHide } = this.#options
    const own = {
      sets: [order.keeping.property, order.keeping.memory],
      by,
      locks: order.lock,
      among: onHide === 'keep' ? ('stored' as const) : ('visible' as const),
    }
    return {
      enter: {
        ...own,
        propose: (entry, context) => proposed.entering(entry, context) as never,
        counts: true,
        together: (lists, context) => passing.enter(lists, context) as never,
        settled: (lists, context) => passing.entered(lists, context),
      },
      leave: {
        ...own,
        ...(order.keeping.closes
          ? {}
          : { propose: (departure, context) => proposed.leaving(departure, context) as never, counts: true }),
        together: (lists, context) => passing.leave(lists, context) as never,
        settled: (lists, context) => passing.left(lists, context),
      },
    }
  }

  verbs() {
    const [order, passing] = [this.#order, this.#passing]
    const common = {
      locks: order.lock,
      after: (changes, context) => order.changed(changes, context),
      answer: (rows, context) => order.version(rows, context),
    } satisfies OrderVerb<'reorder'>
    const moveTo: OrderVerb<'moveTo'> = {
      ...common,
      ...this.#foreseen(({ position }) => ({ position })),
      together: (changes, context) => order.moveTo(changes, context),
    }
    const moveBefore: OrderVerb<'moveBefore'> = {
      ...common,
      ...this.#foreseen(({ id }) => ({ before: id })),
      together: (changes, context) => order.move(changes, { before: context.input.id }, context),
    }
    const moveAfter: OrderVerb<'moveAfter'> = {
      ...common,
      ...this.#foreseen(({ id }) => ({ after: id })),
      together: (changes, context) => order.move(changes, { after: context.input.id }, context),
    }
    const moveUp: OrderVerb<'moveUp'> = {
      ...common,
      ...this.#foreseen(({ by }) => ({ by: -(by ?? 1) })),
      each: (change, context) => order.step(change, -(context.input.by ?? 1), context),
    }
    const moveDown: OrderVerb<'moveDown'> = {
      ...common,
      ...this.#foreseen(({ by }) => ({ by: by ?? 1 })),
      each: (change, context) => order.step(change, context.input.by ?? 1, context),
    }
    const moveToTop: OrderVerb<'moveToTop'> = {
      ...common,
      ...this.#foreseen(() => 'first'),
      together: (changes, context) => order.move(changes, 'first', context),
    }
    const moveToBottom: OrderVerb<'moveToBottom'> = {
      ...common,
      ...this.#foreseen(() => 'last'),
      together: (changes, context) => order.move(changes, 'last', context),
    }
    const moveToList: OrderVerb<'moveToList'> = {
      ...common,
      set: ({ input: { list, position }, notes }) => {
        if (position !== null) passing.ask({ position }, notes)
        return order.listValues(list)
      },
      together: (changes, context) => order.moveWithin(changes, context),
    }
    const swap: OrderVerb<'swap'> = { ...common, each: (change, context) => order.swap(change, context) }
    const reorder: OrderVerb<'reorder'> = {
      ...common,
      named: (call, context) => order.assertPermutation(call, context),
      together: (changes, context) => order.reorder(changes, context),
    }
    const removeFromList: OrderVerb<'removeFromList'> = {
      ...common,
      together: (changes, context) => order.takeOut(changes, context),
    }
    const steps = { moveUp, moveDown, swap }
    const blocks = { moveTo, moveBefore, moveAfter, moveToTop, moveToBottom }
    return { ...steps, ...blocks, moveToList, reorder, removeFromList }
  }

  #foreseen<I>(moveOf: (input: I) => Move) {
    const foresight = foreseenMove(this.#order, moveOf)
    return foresight ? { foresight } : {}
  }
}

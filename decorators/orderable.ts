import { type Adds, column, defineTrait, lt, named, refers } from 'plinth'
import { ManualOrder } from './orderable/manual-order.js'
import { positionLaws } from './orderable/order-laws.js'
import { type OrderOptions, orderDefaults } from './orderable/order-options.js'
import { OrderParts, orderInputs } from './orderable/order-parts.js'
import { propertiesOf } from './orderable/order-properties.js'
import { Positions } from './orderable/positions.js'
import { orderRefusals } from './orderable/refusals.js'

const position = column.integer({ nullable: true, managed: true })
const predecessor = column.string({ nullable: true, managed: true })

const valuesOf = (position: number | null, predecessor: string | null) => ({ position, predecessor })

const partsOf = (options: OrderOptions) =>
  new OrderParts(new ManualOrder(options, new Positions('position', 'predecessor'), valuesOf), options)

const checksOf = (property: string) => [
  { problem: 'has a position below 1', remedy: 'Put the lists right with healLists.', where: lt(property, 1) },
]

/**
 * Keeps rows in an order made by hand: `position` is 1, 2, 3 without gaps among the visible rows that have the same values
 * in the properties named by `within`. New rows come last, or where `withPlace` says. Rows that are hidden leave their
 * list, and come back to where they were. Every change of a list counts its version, which moves can expect. A move writes
 * all rows between the old and the new position; where lists have many thousands of rows, take `@Ranked`.
 *
 * Verbs throw `ValidationError` NOT_IN_LIST, ONE_ROW, NOT_A_PERMUTATION and UNKNOWN_LIST, `ConflictError` LIST_CHANGED.
 */
export const Orderable = defineTrait({
  name: 'Orderable',
  defaults: orderDefaults,
  refers: refers<{ within: unknown }>(),
  columns: () => ({ position, predecessor }),
  indexes: ({ within }) => [{ properties: [...within, 'position'], unique: 'visible' }],
  ordering: () => [{ property: 'position', direction: 'ASC' }],
  rules: (options) => partsOf(options).rules(),
  refusals: () => orderRefusals,
  inputs: () => orderInputs,
  verbs: (options) => partsOf(options).verbs(),
  checks: () => checksOf('position'),
  laws: (options) => positionLaws({ place: 'position', memory: 'predecessor' }, options),
})

/** What `@Orderable` gives an entity: `position`, `predecessor`, and the verbs that move rows. */
export type Ordered = Adds<typeof Orderable>

/**
 * One of several orders of a class: `orderable('shelf')` keeps `shelfPosition` and has verbs such as `moveUpShelf`. It is
 * no order that queries get without asking for it.
 */
export function orderable<const A extends string>(as: A) {
  const { place, memory } = propertiesOf('Orderable', as)
  const parts = (options: OrderOptions) => {
    const set = (position: number | null, predecessor: string | null): object => ({
      [place]: position,
      [memory]: predecessor,
    })
    return new OrderParts(new ManualOrder(options, new Positions(place, memory), set), options)
  }
  return defineTrait({
    name: 'Orderable',
    as,
    defaults: orderDefaults,
    refers: refers<{ within: unknown }>(),
    columns: () => ({}),
    namedColumns: () => ({ ...named(`${as}Position`, position), ...named(`${as}Predecessor`, predecessor) }),
    indexes: ({ within }) => [{ properties: [...within, place], unique: 'visible' }],
    rules: (options) => parts(options).rules(),
    refusals: () => orderRefusals,
    inputs: () => orderInputs,
    verbs: (options) => parts(options).verbs(),
    checks: () => checksOf(place),
    laws: (options) => positionLaws({ place, memory }, options),
  })
}

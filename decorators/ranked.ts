import { type Adds, column, defineTrait, named, refers } from 'plinth'
import { ManualOrder } from './orderable/manual-order.js'
import { rankLaws } from './orderable/order-laws.js'
import { type OrderOptions, orderDefaults } from './orderable/order-options.js'
import { OrderParts, orderInputs } from './orderable/order-parts.js'
import { propertiesOf } from './orderable/order-properties.js'
import { longestRank } from './orderable/rank-length.js'
import { Ranks } from './orderable/ranks.js'
import { rankRefusals } from './orderable/refusals.js'

const rank = column.string({ length: longestRank, nullable: true, managed: true, exact: true })
const predecessor = column.string({ nullable: true, managed: true })

const valuesOf = (rank: string | null, predecessor: string | null) => ({ rank, predecessor })

const partsOf = (options: OrderOptions) =>
  new OrderParts(new ManualOrder(options, new Ranks('rank', 'predecessor'), valuesOf), options)

/**
 * Keeps rows in an order made by hand as `@Orderable` does, by a text `rank` that is compared by code points: a move
 * writes one row, however long the list. Positions are counted when they are asked for, by `positionsOf`. Where a rank
 * would become longer than 64 characters, all ranks of its list are made anew.
 */
export const Ranked = defineTrait({
  name: 'Ranked',
  defaults: orderDefaults,
  refers: refers<{ within: unknown }>(),
  columns: () => ({ rank, predecessor }),
  indexes: ({ within }) => [{ properties: [...within, 'rank'], unique: 'visible' }],
  ordering: () => [{ property: 'rank', direction: 'ASC' }],
  rules: (options) => partsOf(options).rules(),
  announces: ['ranksRenewed'],
  refusals: () => rankRefusals,
  inputs: () => orderInputs,
  verbs: (options) => partsOf(options).verbs(),
  laws: (options) => rankLaws({ place: 'rank', memory: 'predecessor' }, longestRank, options),
})

/** What `@Ranked` gives an entity: `rank`, and the verbs that move rows. */
export type HasRank = Adds<typeof Ranked>

/**
 * One of several orders of a class: `ranked('shelf')` keeps `shelfRank` and has verbs such as `moveUpShelf`. It is no
 * order that queries get without asking for it.
 */
export function ranked<const A extends string>(as: A) {
  const { place, memory } = propertiesOf('Ranked', as)
  const parts = (options: OrderOptions) => {
    const set = (rank: string | null, predecessor: string | null): object => ({ [place]: rank, [memory]: predecessor })
    return new OrderParts(new ManualOrder(options, new Ranks(place, memory), set), options)
  }
  return defineTrait({
    name: 'Ranked',
    as,
    defaults: orderDefaults,
    refers: refers<{ within: unknown }>(),
    columns: () => ({}),
    namedColumns: () => ({ ...named(`${as}Rank`, rank), ...named(`${as}Predecessor`, predecessor) }),
    indexes: ({ within }) => [{ properties: [...within, place], unique: 'visible' }],
    rules: (options) => parts(options).rules(),
    announces: ['ranksRenewed'],
    refusals: () => rankRefusals,
    inputs: () => orderInputs,
    verbs: (options) => parts(options).verbs(),
    laws: (options) => rankLaws({ place, memory }, longestRank, options),
  })
}

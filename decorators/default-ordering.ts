import { defineTrait, type OrderingKey, orderingOf, refers } from 'plinth'

/** The order of rows where a query asks for none: `@DefaultOrdering({ by: ['-createdAt', 'title'] })`. */
export const DefaultOrdering = defineTrait({
  name: 'DefaultOrdering',
  defaults: { by: [] as readonly OrderingKey[] },
  refers: refers<{ by: unknown }>(),
  ordering: ({ by }) => orderingOf(by),
  verify: (_, { by }) => (by.length === 0 ? '@DefaultOrdering needs at least one property in `by`.' : undefined),
})

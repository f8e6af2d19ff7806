import { type Adds, column, defineTrait } from 'plinth'

/** Optimistic locking: a write that was made from an old version of the row is refused as a conflict. */
export const Versioned = defineTrait({
  name: 'Versioned',
  defaults: {},
  columns: () => ({ version: column.integer({ default: 1 }) }),
  rules: () => ({
    insert: { set: () => ({ version: 1 }) },
    update: {
      each: ({ before }) => ({ version: before.version + 1 }),
      guard: ({ before, given }) => ({ version: Number(given['version'] ?? before.version) }),
    },
  }),
})

export type HasVersion = Adds<typeof Versioned>

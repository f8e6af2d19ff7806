import { type Adds, column, defineTrait } from 'plinth'

/** Records when a row was created and last written, by the application's clock. */
export const Timestamps = defineTrait({
  name: 'Timestamps',
  defaults: { index: false },
  columns: ({ index }) => ({
    createdAt: column.timestamp({ index, immutable: true }),
    updatedAt: column.timestamp(),
  }),
  rules: () => ({
    insert: { set: (_, { now }) => ({ createdAt: now, updatedAt: now }) },
    update: { set: ({ now }) => ({ updatedAt: now }) },
  }),
})

export type Timestamped = Adds<typeof Timestamps>

import { column, defineTrait, type Filled, type Holding, refers } from 'plinth'

type Scalar = string | number | boolean

interface StampOnOptions {
  /** The property that is watched. */
  readonly field: string
  /** The value that counts, or several of them. */
  readonly equals: Scalar | readonly Scalar[]
  /** The property that holds the instant. */
  readonly stamp: string
}

const defaults: StampOnOptions = { field: '', equals: [], stamp: '' }

/**
 * Records when a property took a value: `@StampOn({ field: 'status', equals: 'published', stamp: 'publishedAt' })`.
 * The class declares the property `publishedAt!: Date | null`; its column comes from here. Each time the value is taken
 * anew it is stamped anew; when it is left, the stamp stays. A class may have several, each with a stamp of its own.
 */
export const StampOn = defineTrait({
  name: 'StampOn',
  defaults,
  key: ({ stamp }) => stamp,
  refers: refers<{ field: Holding<'equals'>; stamp: Filled<Date | null> }>(),
  // Its name is an option, so the type of the property comes from `refers`.
  columns: ({ stamp }): {} => (stamp === '' ? {} : { [stamp]: column.timestamp({ nullable: true }) }),
  rules: ({ field, equals, stamp }) => {
    const counts = (row: Readonly<Record<string, unknown>>) => [equals].flat().some((value) => value === row[field])
    return {
      insert: { set: (row, { now }) => (counts(row) ? { [stamp]: now } : {}) },
      update: {
        names: [field, stamp],
        each: ({ before, after }, { now }) => (counts(after) && !counts(before) ? { [stamp]: now } : {}),
      },
    }
  },
  verify: (_, { field, equals, stamp }) =>
    field === '' || stamp === '' || [equals].flat().length === 0
      ? '@StampOn needs `field`, `equals` and `stamp`.'
      : undefined,
})

import { type Adds, column, defineTrait, refers } from 'plinth'
import { historyColumns, historyTable } from './sluggable/slug-history.js'
import { SlugNames } from './sluggable/slug-names.js'
import { problemOf, slugDefaults } from './sluggable/slug-options.js'
import { SlugRegister } from './sluggable/slug-register.js'

/**
 * Names rows in URLs: `slug` is made from the text of a property and is unique among the visible rows of a group. Equal
 * texts are numbered, `hello`, `hello-2`, `hello-3`, at the same cost for the thousandth as for the second. A slug can
 * be given by hand; it is written as slugs are, and is a conflict where it is taken. A row that has never been visible
 * has no slug yet: it is empty. Slugs that rows give up stay theirs, and `findBySlug` finds the rows by them.
 *
 * Writes throw `ConflictError` SLUG_TAKEN, `ValidationError` SLUG_RESERVED and SLUG_EMPTY.
 */
export const Sluggable = defineTrait({
  name: 'Sluggable',
  defaults: slugDefaults,
  refers: refers<{ from: string | null; within: unknown }>(),
  columns: ({ maxLength }) => ({ slug: column.string({ length: maxLength, default: '', exact: true }) }),
  indexes: ({ within }) => [{ properties: [...within, 'slug'], unique: 'visible' }],
  tables: ({ history, maxLength }) => (history ? { [historyTable]: historyColumns(maxLength) } : {}),
  rules: (options) => {
    const names = new SlugNames(options)
    const register = new SlugRegister(options, names)
    return {
      // A row that is hidden at first keeps the slug it is given until it becomes visible.
      insert: { sets: ['slug'], set: ({ slug }) => (slug ? { slug: register.manual(slug) } : {}) },
      enter: {
        sets: ['slug'],
        by: names.decisive,
        locks: names.locks,
        each: async (entry, context) => ({ slug: await register.enter(entry, context) }),
      },
      ...(options.history && {
        leave: { each: ({ before, after }, context) => register.leave(before, after, context) },
      }),
    }
  },
  verify: (_, options) => problemOf(options),
})

export type Slugged = Adds<typeof Sluggable>

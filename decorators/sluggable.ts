import { type Adds, column, defineTrait, eq, named, refers } from 'plinth'
import { historyColumns, historyTable } from './sluggable/slug-history.js'
import { slugLaws } from './sluggable/slug-laws.js'
import { slugLookup } from './sluggable/slug-lookup.js'
import { SlugNames } from './sluggable/slug-names.js'
import { problemOf, slugDefaults, sourcesOf } from './sluggable/slug-options.js'
import { slugRefusals } from './sluggable/slug-refusals.js'
import { SlugRegister } from './sluggable/slug-register.js'

/** Slugs in a property of some name; `as` is empty for the first of a class. */
function slugs<const P extends string, const A extends string>(property: P, as: A) {
  return defineTrait({
    name: 'Sluggable',
    as,
    defaults: slugDefaults,
    refers: refers<{ from: string | null; within: unknown; candidates: unknown }>(),
    namedColumns: ({ maxLength }) => named(property, column.string({ length: maxLength, default: '', exact: true })),
    indexes: ({ within }) => [{ properties: [...within, property], unique: 'visible' }],
    tables: ({ history, maxLength }) => (history ? { [historyTable]: historyColumns(maxLength) } : {}),
    rules: (options) => {
      const names = new SlugNames(options, property)
      const register = new SlugRegister(options, names)
      return {
        // A row that is hidden at first keeps the slug it is given until it becomes visible.
        insert: {
          sets: [property],
          names: sourcesOf(options),
          set: (row) => (names.slugOf(row) ? { [property]: register.manual(names.slugOf(row)) } : {}),
        },
        enter: {
          sets: [property],
          by: names.decisive,
          // Those of a table that was there before it had slugs.
          outside: eq(property, ''),
          locks: names.locks,
          propose: (entry, context) => register.propose(entry, context),
          together: async (groups, context) => {
            const slugs = await register.enter(groups, context)
            return slugs.map((group) => group.map((slug) => ({ [property]: slug })))
          },
          settled: (groups, context) => register.entered(groups, context),
        },
        ...(options.history && {
          leave: { among: 'stored', settled: (groups, context) => register.left(groups, context) },
        }),
      }
    },
    verbs: (options) => {
      const names = new SlugNames(options, property)
      return {
        reslug: {
          set: () => ({ [property]: '' }),
          each: ({ before }) => (names.isCurrent(before) ? null : undefined),
        },
      }
    },
    lookups: (options) => ({ [property]: slugLookup(options, property, as) }),
    refusals: () => slugRefusals,
    laws: (options) => slugLaws(property, options),
    verify: (_, options) => problemOf(property, options),
  })
}

/**
 * Names rows in URLs: `slug` is made from the text of a property and is unique among the visible rows of a group. Equal
 * texts are numbered, `hello`, `hello-2`, `hello-3`, at the same cost for the thousandth as for the second. A slug can
 * be given by hand; it is written as slugs are, and is a conflict where it is taken. A row that has never been visible
 * has no slug yet: it is empty. Slugs that rows give up stay theirs, and `findBySlug` finds the rows by them. `reslug`
 * gives rows whose slugs were not made from their present text new ones.
 *
 * `Sluggable.as('shortSlug')` makes the same trait for a property of that name, with the verb `reslugShortSlug`; a class
 * may have several.
 *
 * Writes throw `ConflictError` SLUG_TAKEN, `ValidationError` SLUG_RESERVED and SLUG_EMPTY.
 */
export const Sluggable = Object.assign(slugs('slug', ''), {
  as: <const P extends string>(property: P) => slugs(property, property),
})

/** What `@Sluggable` gives an entity: `slug`, and the verb `reslug`. */
export type Slugged = Adds<typeof Sluggable>

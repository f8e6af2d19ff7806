import { defineTrait, matches, type RowData, refers } from 'plinth'
import { stampsNothing } from './timestamps.js'

/** What `@TouchParent` is told. */
export interface TouchParentOptions {
  /** The relation to the row that this one is part of, or several of them. */
  readonly relation: string | readonly string[]
}

const defaults: TouchParentOptions = { relation: [] }

/**
 * A row that is written makes the row it belongs to younger: `@TouchParent({ relation: 'post' })`. Whatever is inserted,
 * changed, deleted, restored or moved to another parent, sets `updatedAt` of the parents, of the old one too, in the same
 * unit of work and under their own rules, all of a call by one statement. Parents that have the trait touch theirs. Each is
 * touched once in a call, and not where the call writes it anyway; those that are hidden are left alone.
 */
export const TouchParent = defineTrait({
  name: 'TouchParent',
  defaults,
  refers: refers<{ relation: unknown }>(),
  rules: ({ relation }) => ({
    written: {
      relations: Object.fromEntries([relation].flat().map((name) => [name, ['updatedAt']])),
      // Before the rows: databases lock what a new row refers to, and two that do so cannot both change it.
      before: async (rows, context) => {
        if (stampsNothing()) return
        const { visible } = context.model
        const states = rows.map(({ before, after }) => [before, after].filter(isRow))
        const shown = states.filter((pair) => pair.some((row) => matches(visible, row))).flat()
        for (const name of [relation].flat()) await context.related(name).touch(shown)
      },
    },
  }),
  verify: (_, { relation }) => ([relation].flat().length === 0 ? '@TouchParent needs a `relation`.' : undefined),
})

const isRow = (row: RowData | null): row is RowData => row !== null

import {
  all,
  any,
  type Columns,
  column,
  lt,
  matching,
  oneOf,
  partitionOf,
  type RowData,
  type RuleContext,
} from 'plinth'
import { keyText, rowWith } from '../row-key.js'
import type { SlugNames } from './slug-names.js'
import type { SluggableOptions } from './slug-options.js'

/** The name of the table of slugs that rows have given up. */
export const historyTable = 'slug_history'

/** Its columns: who had a slug, in which group, until when. */
export const historyColumns = (maxLength: number): Columns => ({
  scope: column.string({ length: 64, primary: true }),
  slug: column.string({ length: maxLength, primary: true, exact: true }),
  row: column.string({ length: 255, index: true }),
  retiredAt: column.timestamp(),
})

/** A visible row before and after it is given another slug, or comes into another group. */
export interface Retirement {
  readonly before: RowData
  readonly after: RowData
}

/** Before this instant slugs that were given up are free; undefined where they stay reserved. */
export function forgottenBefore({ history }: SluggableOptions, now: Date): Date | undefined {
  return typeof history === 'object' ? new Date(now.getTime() - history.days * 86_400_000) : undefined
}

/** The slugs that rows have given up. They stay reserved for their rows: as long as these are stored, or for some days. */
export class SlugHistory {
  readonly #options: SluggableOptions
  readonly #names: SlugNames

  constructor(options: SluggableOptions, names: SlugNames) {
    this.#options = options
    this.#names = names
  }

  /** The keys of the rows for which slugs of a group are reserved, by slug. */
  async owners(scope: string, slugs: readonly string[], context: RuleContext): Promise<ReadonlyMap<string, string>> {
    const history = context.companion(historyTable)
    const entries = await history.rows(all(matching({ scope }), oneOf('slug', slugs)))
    if (entries.length === 0) return new Map()
    const limit = forgottenBefore(this.#options, context.now)
    const valid = entries.filter(({ retiredAt }) => limit === undefined || (retiredAt as Date) >= limit)
    const rows = valid.length > 0 ? await context.table.rows(any(...valid.map(({ row }) => rowWith(String(row))))) : []
    const stored = new Set(rows.map((row) => keyText(context.table, row)))
    const owners = valid.filter(({ row }) => stored.has(String(row)))
    // The others are over, or their rows were removed while they were hidden, or past all rules.
    const free = entries.filter((entry) => !owners.includes(entry)).map(({ slug }) => String(slug))
    if (free.length > 0) await history.remove(all(matching({ scope }), oneOf('slug', free)))
    return new Map(owners.map(({ slug, row }) => [String(slug), String(row)]))
  }

  /** Remembers the slugs that rows give up, and forgets those they come back to. */
  async retire(retirements: readonly Retirement[], context: RuleContext): Promise<void> {
    const moves = retirements
      .map(({ before, after }) => ({ old: this.#place(before, context), slug: this.#place(after, context), before }))
      .filter(({ old, slug }) => old.slug !== slug.slug || old.scope !== slug.scope)
    if (moves.length === 0) return
    const history = context.companion(historyTable)
    const rows = moves.map(({ before }) => keyText(context.table, before))
    const limit = forgottenBefore(this.#options, context.now)
    if (limit) await history.remove(all(oneOf('row', rows), lt('retiredAt', limit)))
    const places = moves.flatMap(({ old, slug }) => [old, slug])
    for (const scope of new Set(places.map((place) => place.scope))) {
      const slugs = places.filter((place) => place.scope === scope).map((place) => place.slug)
      await history.remove(all(matching({ scope }), oneOf('slug', slugs)))
    }
    await history.insert(moves.map(({ old }, index) => ({ ...old, row: rows[index], retiredAt: context.now })))
  }

  /** Forgets everything of a row that is removed. */
  async forget(row: RowData, context: RuleContext): Promise<void> {
    await context.companion(historyTable).remove(matching({ row: keyText(context.table, row) }))
  }

  #place(row: RowData, { model }: RuleContext): { readonly scope: string; readonly slug: string } {
    return { scope: this.#names.scope(row, partitionOf(model, row)), slug: this.#names.slugOf(row) }
  }
}

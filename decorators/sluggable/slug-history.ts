import { type Columns, column, matching, partitionOf, type RowData, type RuleContext } from 'plinth'
import { keyText, rowWith } from './row-key.js'
import type { SlugNames } from './slug-names.js'

/** The name of the table of slugs that rows have given up. */
export const historyTable = 'slug_history'

/** Its columns: who had a slug, in which group, until when. */
export const historyColumns = (maxLength: number): Columns => ({
  scope: column.string({ length: 64, primary: true }),
  slug: column.string({ length: maxLength, primary: true, exact: true }),
  row: column.string({ length: 255, index: true }),
  retiredAt: column.timestamp(),
})

/** The slugs that rows have given up. They stay reserved for their rows, as long as these are stored. */
export class SlugHistory {
  readonly #names: SlugNames

  constructor(names: SlugNames) {
    this.#names = names
  }

  /** Whether another row has had a slug in the group of this one. */
  async isAnothers(slug: string, row: RowData, own: string | undefined, context: RuleContext): Promise<boolean> {
    const place = this.#place(slug, row, context)
    const entry = await context.companion(historyTable).find(place)
    if (!entry || entry['row'] === own) return false
    if (await context.table.find(rowWith(String(entry['row'])))) return true
    // Its row was removed while it was hidden, or past all rules.
    await context.companion(historyTable).remove(place)
    return false
  }

  /** Remembers the slug a row gives up, and forgets the one it comes back to. */
  async retire(before: RowData, after: RowData, context: RuleContext): Promise<void> {
    const history = context.companion(historyTable)
    const [old, slug] = [String(before['slug']), String(after['slug'])]
    const partition = partitionOf(context.model, before)
    const scope = this.#names.scope(before, partition)
    if (old === slug && scope === this.#names.scope(after, partitionOf(context.model, after))) return
    await history.remove(this.#place(slug, after, context))
    await history.remove(this.#place(old, before, context))
    await history.insert({ scope, slug: old, row: keyText(context.table, before), retiredAt: context.now })
  }

  /** Forgets everything of a row that is removed. */
  async forget(row: RowData, context: RuleContext): Promise<void> {
    await context.companion(historyTable).remove(matching({ row: keyText(context.table, row) }))
  }

  #place(slug: string, row: RowData, { model }: RuleContext) {
    return matching({ scope: this.#names.scope(row, partitionOf(model, row)), slug })
  }
}

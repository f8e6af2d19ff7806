import {
  type Absence,
  all,
  any,
  type Columns,
  column,
  lt,
  matching,
  oneOf,
  type Predicate,
  partitionOf,
  type RowData,
  type RuleContext,
} from 'plinth'
import { keyText, rowWith } from '../row-key.js'
import type { SlugNames } from './slug-names.js'
import type { SluggableOptions } from './slug-options.js'

/** The name of the table of slugs that rows have given up. */
export const historyTable = 'slug_history'

/** The most characters of the key of a row, with the names of its properties: an index of MariaDB holds 768. */
const longestRow = 700

/** Its columns: who had a slug, in which group, until when. */
export const historyColumns = (maxLength: number): Columns => ({
  scope: column.string({ length: 64, primary: true }),
  slug: column.string({ length: maxLength, primary: true, exact: true }),
  row: column.string({ length: longestRow, index: true, exact: true }),
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

/** Slugs of one group. */
interface SlugsOfScope {
  readonly scope: string
  readonly slugs: readonly string[]
}

/** A slug in its group. */
type Place = Readonly<Record<'scope' | 'slug', string>>

/** What a row gives up, and what it gets for it. */
interface Move {
  readonly old: Place
  readonly slug: Place
  readonly before: RowData
}

/** How many rows one statement names. */
const mostKeys = 500

const anyOf = (asked: readonly SlugsOfScope[]): Predicate =>
  any(...asked.map(({ scope, slugs }) => all(matching({ scope }), oneOf('slug', slugs))))

function byScope(entries: readonly RowData[]): readonly SlugsOfScope[] {
  const scopes = new Map<string, Set<string>>()
  for (const { scope, slug } of entries) {
    const slugs = scopes.get(String(scope)) ?? new Set()
    scopes.set(String(scope), slugs.add(String(slug)))
  }
  return [...scopes].map(([scope, slugs]) => ({ scope, slugs: [...slugs] }))
}

/** The slugs that rows have given up. They stay reserved for their rows: as long as these are stored, or for some days. */
export class SlugHistory {
  readonly #options: SluggableOptions
  readonly #names: SlugNames

  constructor(options: SluggableOptions, names: SlugNames) {
    this.#options = options
    this.#names = names
  }

  /** That somebody may have given up a slug in a scope: whether it is reserved yet has to be looked at. */
  holds(scope: string, slug: string): Absence {
    return { companion: historyTable, where: matching({ scope, slug }) }
  }

  /** The keys of the rows for which slugs of groups are reserved, by scope and slug. */
  async owners(asked: readonly SlugsOfScope[], context: RuleContext): Promise<ReadonlyMap<string, string>> {
    const history = context.companion(historyTable)
    const groups = asked.map(({ scope, slugs }) => ({ group: { scope }, property: 'slug', values: slugs }))
    const entries = await history.rowsInGroups(groups, all())
    if (entries.length === 0) return new Map()
    const limit = forgottenBefore(this.#options, context.now)
    const valid = entries.filter(({ retiredAt }) => limit === undefined || (retiredAt as Date) >= limit)
    const named = valid.map(({ row }) => rowWith(String(row)))
    const rows = named.length > 0 ? await context.table.rows(any(...named), { properties: [] }) : []
    const stored = new Set(rows.map((row) => keyText(context.table, row)))
    const owners = valid.filter(({ row }) => stored.has(String(row)))
    // The others are over, or their rows were removed while they were hidden, or past all rules.
    const owned = new Set(owners)
    const free = byScope(entries.filter((entry) => !owned.has(entry)))
    if (free.length > 0) await history.remove(anyOf(free))
    return new Map(owners.map(({ scope, slug, row }) => [`${String(scope)} ${String(slug)}`, String(row)]))
  }

  /** Remembers the slugs that rows give up, and forgets those they come back to. */
  async retire(retirements: readonly Retirement[], context: RuleContext): Promise<void> {
    const moves = retirements
      .map(({ before, after }) => ({ old: this.#place(before, context), slug: this.#place(after, context), before }))
      .filter(({ old, slug }) => old.slug !== slug.slug || old.scope !== slug.scope)
    for (let start = 0; start < moves.length; start += mostKeys) {
      await this.#retire(moves.slice(start, start + mostKeys), context)
    }
  }

  async #retire(moves: readonly Move[], context: RuleContext): Promise<void> {
    const history = context.companion(historyTable)
    const rows = moves.map(({ before }) => keyText(context.table, before))
    const limit = forgottenBefore(this.#options, context.now)
    if (limit) await history.remove(all(oneOf('row', rows), lt('retiredAt', limit)))
    await history.remove(anyOf(byScope(moves.flatMap(({ old, slug }) => [old, slug]))))
    await history.insert(moves.map(({ old }, index) => ({ ...old, row: rows[index], retiredAt: context.now })))
  }

  /** Forgets everything of rows that are removed. */
  async forget(rows: readonly RowData[], context: RuleContext): Promise<void> {
    if (rows.length === 0) return
    const keys = rows.map((row) => keyText(context.table, row))
    for (let start = 0; start < keys.length; start += mostKeys) {
      await context.companion(historyTable).remove(oneOf('row', keys.slice(start, start + mostKeys)))
    }
  }

  #place(row: RowData, { model }: RuleContext): Place {
    return { scope: this.#names.scope(row, partitionOf(model, row)), slug: this.#names.slugOf(row) }
  }
}

import {
  all,
  type Entry,
  eq,
  matches,
  matching,
  not,
  parseUuid,
  partitionOf,
  type RowData,
  type RuleContext,
  randomText,
} from 'plinth'
import { keyText, keyValues } from './row-key.js'
import { SlugHistory } from './slug-history.js'
import type { SlugNames } from './slug-names.js'
import type { SluggableOptions } from './slug-options.js'
import { slugEmpty, slugReserved, slugTaken } from './slug-refusals.js'

/** A row that needs a slug, under the locks of every slug it may get. */
interface Applicant {
  readonly before: RowData | null
  readonly after: RowData
  /** Its primary key; undefined where it is new. */
  readonly own: string | undefined
  readonly context: RuleContext
}

/** Gives slugs to rows, each to one visible row of a group. */
export class SlugRegister {
  readonly #options: SluggableOptions
  readonly #names: SlugNames
  readonly #history: SlugHistory

  constructor(options: SluggableOptions, names: SlugNames) {
    this.#options = options
    this.#names = names
    this.#history = new SlugHistory(names)
  }

  /** The slug of a row that becomes visible, or of which something decisive changes. */
  async enter({ before, after }: Pick<Entry, 'before' | 'after'>, context: RuleContext): Promise<string> {
    const own = before ? keyText(context.table, before) : undefined
    const applicant = { before, after, own, context }
    const slug = await this.#chosen(applicant)
    this.#claims(context).set(this.#claim(slug, applicant), own)
    if (this.#options.history && before && hasSlug(before) && matches(context.model.visible, before)) {
      await this.#history.retire(before, { ...after, slug }, context)
    }
    return slug
  }

  /** Forgets the slugs of a row that is removed. */
  async leave(before: RowData, after: RowData | null, context: RuleContext): Promise<void> {
    if (this.#options.history && after === null) await this.#history.forget(before, context)
  }

  /** A slug that somebody gives to a row by hand. */
  manual(text: string): string {
    const slug = this.#names.written(text)
    if (slug === '') throw slugEmpty('slug')
    if (this.#names.isReserved(slug)) throw slugReserved(slug)
    return slug
  }

  async #chosen(applicant: Applicant): Promise<string> {
    const { before, after, context } = applicant
    if (!hasSlug(after)) return this.#made(applicant)
    if (!before || after.slug !== before['slug']) return this.#only(this.manual(after.slug), applicant)
    if (!matches(context.model.visible, before)) return this.#only(this.manual(after.slug), applicant)
    if (this.#isRenamed(before, after)) return this.#made(applicant)
    if (await this.#isFree(after.slug, applicant)) return after.slug
    // It has come into a group where its slug is taken: what was made can be made anew.
    if (this.#names.isMadeFrom(after.slug, this.#names.base(before))) return this.#made(applicant)
    throw slugTaken(after.slug)
  }

  #isRenamed(before: RowData, after: RowData): boolean {
    return this.#options.onUpdate === 'regenerate' && this.#names.base(before) !== this.#names.base(after)
  }

  /** This slug or none. */
  async #only(slug: string, applicant: Applicant): Promise<string> {
    if (await this.#isFree(slug, applicant)) return slug
    throw slugTaken(slug)
  }

  /** A slug made from the text of the row, with a number where it must have one. */
  async #made(applicant: Applicant): Promise<string> {
    const { before, after, context } = applicant
    const base = this.#names.base(after) || this.#substitute(after, context)
    if (await this.#isAvailable(base, applicant)) return base
    const present = before && hasSlug(before) ? before.slug : base
    if (this.#names.isMadeFrom(present, base) && (await this.#isAvailable(present, applicant))) return present
    for (;;) {
      const slug = this.#names.numbered(base, 1 + (await context.next(this.#names.counter(after, base))))
      if (await this.#isAvailable(slug, applicant)) return slug
    }
  }

  /** What a row is called whose text names nothing. */
  #substitute(row: RowData, context: RuleContext): string {
    if (this.#options.onEmpty === 'error') throw slugEmpty(this.#options.from)
    const values = Object.values(keyValues(context.table, row))
    const uuid = parseUuid(values[0])
    // The end of a UUID is random whatever its version.
    if (uuid) return uuid.slice(-8)
    const known = values.every((value) => value !== undefined && value !== null)
    return (
      (known && this.#names.written(values.map(String).join(' '))) ||
      randomText('abcdefghijklmnopqrstuvwxyz0123456789', 8)
    )
  }

  async #isAvailable(slug: string, applicant: Applicant): Promise<boolean> {
    return !this.#names.isReserved(slug) && (await this.#isFree(slug, applicant))
  }

  async #isFree(slug: string, applicant: Applicant): Promise<boolean> {
    const { before, after, own, context } = applicant
    const claims = this.#claims(context)
    const claim = this.#claim(slug, applicant)
    if (claims.has(claim)) return own !== undefined && claims.get(claim) === own
    const others = before ? [not(context.table.identify(before))] : []
    const holders = context.visible(all(matching(this.#names.group(after)), eq('slug', slug), ...others))
    if (await context.table.find(holders)) return false
    return !this.#options.history || !(await this.#history.isAnothers(slug, after, own, context))
  }

  /** The slugs that rows of the same call were given: they are not written yet. */
  #claims({ notes }: RuleContext): Map<string, string | undefined> {
    const claims = (notes.get(this) as Map<string, string | undefined> | undefined) ?? new Map()
    notes.set(this, claims)
    return claims
  }

  #claim(slug: string, { after, context }: Applicant): string {
    return `${this.#names.scope(after, partitionOf(context.model, after))} ${slug}`
  }
}

function hasSlug(row: RowData): row is RowData & { readonly slug: string } {
  return typeof row['slug'] === 'string' && row['slug'] !== ''
}

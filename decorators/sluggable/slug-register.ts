import {
  contextVariable,
  type Entry,
  matches,
  parseUuid,
  partitionOf,
  type RowData,
  type RuleContext,
  randomText,
} from 'plinth'
import { keyText, keyValues } from '../row-key.js'
import { SlugHistory } from './slug-history.js'
import { type Applicant, SlugLedger } from './slug-ledger.js'
import type { SlugNames } from './slug-names.js'
import type { SluggableOptions } from './slug-options.js'
import { slugEmpty, slugReserved, slugTaken } from './slug-refusals.js'

const numbering = contextVariable<true>('numberedSlugs')

/**
 * Runs `work`, e.g. `() => articles.restore(id)`, and numbers the slugs that are given by hand or come back where they
 * are taken, instead of refusing them: what `onTaken: 'number'` does always.
 */
export function withNumberedSlugs<T>(work: () => T): T {
  return numbering.run(true, work)
}

/** One row of a call, and what the call knows. */
interface Call extends Applicant {
  readonly ledger: SlugLedger
  readonly context: RuleContext
}

/** Gives slugs to rows, each to one visible row of a group. */
export class SlugRegister {
  readonly #options: SluggableOptions
  readonly #names: SlugNames
  readonly #history: SlugHistory | undefined

  constructor(options: SluggableOptions, names: SlugNames) {
    this.#options = options
    this.#names = names
    this.#history = options.history ? new SlugHistory(options, names) : undefined
  }

  /** The slug of a row that becomes visible, or of which something decisive changes. */
  async enter({ before, after }: Pick<Entry, 'before' | 'after'>, context: RuleContext): Promise<string> {
    const ledger = this.#ledger(context)
    const own = before ? keyText(context.table, before) : undefined
    const scope = this.#names.scope(after, partitionOf(context.model, after))
    const call = { before, after, own, scope, ledger, context }
    await ledger.look(this.#foreseen(call), call, context)
    const slug = await this.#chosen(call)
    ledger.give(slug, call, context)
    return slug
  }

  /** The rows are written. */
  async entered(context: RuleContext): Promise<void> {
    const ledger = this.#ledger(context)
    context.notes.delete(this)
    await ledger.close(context)
  }

  /** Forgets the slugs of a row that is removed. */
  async leave(before: RowData, after: RowData | null, context: RuleContext): Promise<void> {
    if (after === null) await this.#history?.forget(before, context)
  }

  /** A slug that somebody gives to a row by hand. */
  manual(text: string): string {
    const slug = this.#names.written(text)
    if (slug === '') throw slugEmpty(this.#names.property)
    if (this.#names.isReserved(slug)) throw slugReserved(this.#names.property, slug)
    return slug
  }

  #ledger({ notes }: RuleContext): SlugLedger {
    const ledger = (notes.get(this) as SlugLedger | undefined) ?? new SlugLedger(this.#names, this.#history)
    notes.set(this, ledger)
    return ledger
  }

  /** The slugs a row may get without a number. */
  #foreseen({ before, after }: Applicant): readonly string[] {
    const given = this.#names.slugOf(after)
    const isMade = given === '' || (before !== null && this.#isRenamed(before, after))
    return [this.#names.written(given), given, ...(isMade ? this.#names.bases(after) : [])]
  }

  #numberBase(bases: readonly string[]): string | undefined {
    return bases.find((base) => !this.#names.isReserved(base)) ?? bases[0]
  }

  async #chosen(call: Call): Promise<string> {
    const { before, after, ledger, context } = call
    const given = this.#names.slugOf(after)
    if (given === '') return this.#made(call)
    const kept = before !== null && given === this.#names.slugOf(before)
    if (!kept || !matches(context.model.visible, before)) {
      return this.#only(this.manual(given), call)
    }
    if (this.#isRenamed(before, after)) return this.#made(call)
    // It has come into a group where its slug may be taken: what was made can be made anew.
    const isMade = this.#names.isMadeFrom(given, this.#names.bases(before))
    if (isMade && !(await ledger.isFree(given, call, context))) return this.#made(call)
    return this.#only(given, call)
  }

  #isRenamed(before: RowData, after: RowData): boolean {
    if (this.#options.onUpdate !== 'regenerate' || this.#names.slugOf(before) !== this.#names.slugOf(after))
      return false
    return this.#names.bases(before).join(' ') !== this.#names.bases(after).join(' ')
  }

  /** This slug or none, or the slug with a number where that was asked for. */
  async #only(slug: string, call: Call): Promise<string> {
    const { ledger, context } = call
    if (await ledger.isFree(slug, call, context)) return slug
    if (this.#options.onTaken !== 'number' && !numbering.get()) throw slugTaken(this.#names.property, slug)
    const present = call.before ? this.#names.slugOf(call.before) : ''
    const suits = this.#names.isMadeFrom(present, [slug]) && (await ledger.isFree(present, call, context))
    return suits ? present : ledger.numbered(slug, call, context)
  }

  /** A slug made from the texts of the row: the first that is free, or with a number. */
  async #made(call: Call): Promise<string> {
    const { before, after, ledger, context } = call
    const written = this.#names.bases(after)
    const bases = written.length > 0 ? written : [this.#substitute(after, context)]
    const numberBase = this.#numberBase(bases)!
    const present = before ? this.#names.slugOf(before) : ''
    const wanted = this.#names.isMadeFrom(present, bases) ? [...bases, present] : bases
    for (const slug of wanted.filter((base) => !this.#names.isReserved(base))) {
      if (await ledger.isFree(slug, call, context)) return slug
    }
    if (this.#names.isReserved(numberBase) && this.#reservedIsError()) {
      throw slugReserved(this.#options.from, numberBase)
    }
    return ledger.numbered(numberBase, call, context)
  }

  #reservedIsError(): boolean {
    const { onReserved, candidates } = this.#options
    return (onReserved ?? (candidates.length > 0 ? 'error' : 'number')) === 'error'
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
}

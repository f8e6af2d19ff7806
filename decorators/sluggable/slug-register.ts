import {
  type Absence,
  contextVariable,
  type Departure,
  type Entry,
  matches,
  type NumberedProposal,
  type Proposal,
  type ProposalContext,
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
import { SlugProposal } from './slug-proposal.js'
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
  /** What the row is called where its text names nothing. */
  substitute?: string
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

  /** The slugs of rows that become visible, or of which something decisive changes, by their groups. */
  async enter(groups: readonly (readonly Entry[])[], context: RuleContext): Promise<readonly (readonly string[])[]> {
    const ledger = new SlugLedger(this.#names, this.#history)
    context.notes.set(groups, ledger)
    const scopeOf = this.#scopes(context)
    const calls = groups.flat().map(({ before, after }): Call => {
      const own = before ? keyText(context.table, before) : undefined
      return { before, after, own, scope: scopeOf(after), ledger, context }
    })
    for (const call of calls) ledger.ask(this.#foreseen(call), call)
    const slugs = await ledger.giveAll(calls, (call) => this.#chosen(call), context)
    let start = 0
    return groups.map(({ length }) => slugs.slice(start, (start += length)))
  }

  /** The slug of a row that comes into sight, where nobody is in its way; undefined where nothing but other rows tell. */
  propose({ after }: Entry, context: ProposalContext): Proposal | undefined {
    const given = this.#names.slugOf(after)
    const bases = this.#names.bases(after)
    const slug = given === '' ? this.#firstFree(bases) : this.manual(given)
    if (slug === undefined) return undefined
    const first = this.#proposed(slug, after, context)
    // With several names another than the first may be free.
    if (given !== '' || bases.length > 1) return first
    return new SlugProposal(first, () => this.#numberedProposal(slug, after, context))
  }

  #proposed(name: string, row: RowData, context: ProposalContext): Proposal {
    const values = { [this.#names.property]: name }
    const bearers = this.#bearers(name, row, context)
    if (!this.#history) return { values, unless: [bearers] }
    const scope = this.#names.scope(row, partitionOf(context.model, row))
    return { values, unless: [bearers, this.#history.holds(scope, name)] }
  }

  #bearers(name: string, row: RowData, { visible }: ProposalContext): Absence {
    return { where: visible(this.#names.bearers(name, row)) }
  }

  #numberedProposal(base: string, row: RowData, context: ProposalContext): NumberedProposal {
    return {
      counter: this.#names.counter(row, base),
      taken: this.#bearers(base, row, context),
      proposed: (number) => {
        const name = this.#names.numbered(base, 1 + number)
        return this.#names.isReserved(name) ? undefined : this.#proposed(name, row, context)
      },
    }
  }

  /** The rows are written. */
  async entered(groups: readonly (readonly Entry[])[], context: RuleContext): Promise<void> {
    const ledger = context.notes.get(groups) as SlugLedger
    context.notes.delete(groups)
    await ledger.close(context)
  }

  /** Forgets the slugs of rows that are removed. */
  async left(groups: readonly (readonly Departure[])[], context: RuleContext): Promise<void> {
    await this.#history?.forget(
      groups.flat().map(({ before }) => before),
      context,
    )
  }

  /** A slug that somebody gives to a row by hand. */
  manual(text: string): string {
    const slug = this.#names.written(text)
    if (slug === '') throw slugEmpty(this.#names.property)
    if (this.#names.isReserved(slug)) throw slugReserved(this.#names.property, slug)
    return slug
  }

  /** The scope of a row; rows of one group and partition share it, so it is made once. */
  #scopes({ model }: RuleContext): (row: RowData) => string {
    const known = new Map<string, string>()
    return (row) => {
      const partition = partitionOf(model, row)
      const key = `${partition} ${this.#names.groupKey(row)}`
      const scope = known.get(key) ?? this.#names.scope(row, partition)
      known.set(key, scope)
      return scope
    }
  }

  /** The slugs a row may get without a number. */
  #foreseen({ before, after }: Applicant): readonly string[] {
    const given = this.#names.slugOf(after)
    const isMade = given === '' || (before !== null && this.#isRenamed(before, after))
    return [this.#names.written(given), given, ...(isMade ? this.#names.bases(after) : [])]
  }

  /** The slug that is tried first for the texts of a row. */
  #firstFree(bases: readonly string[]): string | undefined {
    return bases.find((base) => !this.#names.isReserved(base))
  }

  #chosen(call: Call): string | undefined {
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
    if (isMade && !ledger.isFree(given, call)) return this.#made(call)
    return this.#only(given, call)
  }

  #isRenamed(before: RowData, after: RowData): boolean {
    if (this.#options.onUpdate !== 'regenerate' || this.#names.slugOf(before) !== this.#names.slugOf(after))
      return false
    return this.#names.bases(before).join(' ') !== this.#names.bases(after).join(' ')
  }

  /** This slug or none, or the slug with a number where that was asked for. */
  #only(slug: string, call: Call): string | undefined {
    const { ledger } = call
    const isFree = ledger.isFree(slug, call)
    if (isFree !== false) return isFree && slug
    if (this.#options.onTaken !== 'number' && !numbering.peek()) throw slugTaken(this.#names.property, slug)
    const present = call.before ? this.#names.slugOf(call.before) : ''
    const suits = this.#names.isMadeFrom(present, [slug]) && ledger.isFree(present, call)
    if (suits === undefined) return undefined
    return suits ? present : ledger.numbered(slug, call)
  }

  /** A slug made from the texts of the row: the first that is free, or with a number. */
  #made(call: Call): string | undefined {
    const { before, after, ledger, context } = call
    const written = this.#names.bases(after)
    // It may be made of chance, and must stay the same when the row is tried anew.
    const bases = written.length > 0 ? written : [(call.substitute ??= this.#substitute(after, context))]
    const numberBase = this.#firstFree(bases) ?? bases[0]!
    const present = before ? this.#names.slugOf(before) : ''
    const wanted = this.#names.isMadeFrom(present, bases) ? [...bases, present] : bases
    for (const slug of wanted.filter((base) => !this.#names.isReserved(base))) {
      const isFree = ledger.isFree(slug, call)
      if (isFree !== false) return isFree && slug
    }
    if (this.#names.isReserved(numberBase) && this.#reservedIsError()) {
      throw slugReserved(this.#options.from, numberBase)
    }
    return ledger.numbered(numberBase, call)
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

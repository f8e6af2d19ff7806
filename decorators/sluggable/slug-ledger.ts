import { all, matches, matching, oneOf, type RowData, type RuleContext } from 'plinth'
import { keyText } from '../row-key.js'
import type { Retirement, SlugHistory } from './slug-history.js'
import type { SlugNames } from './slug-names.js'

/** A row that needs a slug, under the locks of every slug it may get. */
export interface Applicant {
  readonly before: RowData | null
  readonly after: RowData
  /** The key of a row that is stored; undefined where it is new. */
  readonly own: string | undefined
  /** What is the same for rows whose slugs must differ. */
  readonly scope: string
}

/** The most slugs that are asked for at once. */
const longestQuestion = 500

/** The numbers a base is given in one call. */
interface Numbers {
  /** What the counter says in the database. */
  readonly stored: number
  /** The number to try next. */
  next: number
  /** How many are asked for at once; more each time. */
  window: number
}

/**
 * Who has which slug: what is stored, and what rows of the same call were given, which are not written yet. What it has
 * asked for stays true until they are, because all slugs that can be in each other's way are locked.
 */
export class SlugLedger {
  readonly #names: SlugNames
  readonly #history: SlugHistory | undefined
  readonly #claims = new Map<string, string | undefined>()
  /** The keys of the rows that have a slug, or have had it. */
  readonly #holders = new Map<string, readonly string[]>()
  readonly #numbers = new Map<string, Numbers>()
  readonly #retirements: Retirement[] = []

  constructor(names: SlugNames, history: SlugHistory | undefined) {
    this.#names = names
    this.#history = history
  }

  /** Finds out about slugs in the group of an applicant at once. */
  async look(slugs: readonly string[], applicant: Applicant, context: RuleContext): Promise<void> {
    const { scope, after } = applicant
    const unknown = [...new Set(slugs)].filter((slug) => slug !== '' && !this.#holders.has(`${scope} ${slug}`))
    if (unknown.length === 0) return
    const { table } = context
    const { property } = this.#names
    const holders = await table.rows(context.visible(all(matching(this.#names.group(after)), oneOf(property, unknown))))
    // After the holders: a slug that is given up meanwhile must be seen in one of both places.
    const owners = (await this.#history?.owners(scope, unknown, context)) ?? []
    const found = new Map(unknown.map((slug): [string, string[]] => [slug, []]))
    for (const holder of holders) found.get(this.#names.slugOf(holder))?.push(keyText(table, holder))
    for (const [slug, owner] of owners) found.get(slug)?.push(owner)
    for (const [slug, keys] of found) this.#holders.set(`${scope} ${slug}`, keys)
  }

  /** Whether no other row has the slug, or has had it. */
  async isFree(slug: string, applicant: Applicant, context: RuleContext): Promise<boolean> {
    const key = `${applicant.scope} ${slug}`
    if (this.#claims.has(key)) return applicant.own !== undefined && this.#claims.get(key) === applicant.own
    await this.look([slug], applicant, context)
    return this.#holders.get(key)!.every((holder) => holder === applicant.own)
  }

  /** Gives a slug to an applicant, and remembers the one it gives up for it. */
  give(slug: string, applicant: Applicant, { model }: RuleContext): void {
    const { before, after, own, scope } = applicant
    this.#claims.set(`${scope} ${slug}`, own)
    if (!this.#history || !before || this.#names.slugOf(before) === '' || !matches(model.visible, before)) return
    this.#retirements.push({ before, after: { ...after, [this.#names.property]: slug } })
  }

  /** A base with a number that is free. Numbers in use of which the counter does not know are passed over. */
  async numbered(base: string, applicant: Applicant, context: RuleContext): Promise<string> {
    const counter = this.#names.counter(applicant.after, base)
    const numbers = this.#numbers.get(counter) ?? (await firstNumber(counter, context))
    this.#numbers.set(counter, numbers)
    for (;;) {
      const slug = this.#names.numbered(base, 1 + numbers.next)
      if (!this.#holders.has(`${applicant.scope} ${slug}`)) {
        const ahead = Array.from({ length: numbers.window }, (_, index) => 1 + numbers.next + index)
        await this.look(
          ahead.map((number) => this.#names.numbered(base, number)),
          applicant,
          context,
        )
        numbers.window = Math.min(8 * numbers.window, longestQuestion)
      }
      const isFree = !this.#names.isReserved(slug) && (await this.isFree(slug, applicant, context))
      numbers.next += 1
      if (isFree) return slug
    }
  }

  /** Once the rows are written: stores which numbers are used, and which slugs were given up. */
  async close(context: RuleContext): Promise<void> {
    for (const [counter, { stored, next }] of this.#numbers) {
      if (next - 1 > stored) await context.next(counter, next - 1 - stored)
    }
    await this.#history?.retire(this.#retirements, context)
  }
}

async function firstNumber(counter: string, context: RuleContext): Promise<Numbers> {
  const next = await context.next(counter)
  return { stored: next, next, window: 1 }
}

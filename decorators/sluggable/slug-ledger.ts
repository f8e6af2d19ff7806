import { all, matches, type RowData, type RuleContext } from 'plinth'
import { keyText } from '../row-key.js'
import type { Retirement, SlugHistory } from './slug-history.js'
import type { SlugNames } from './slug-names.js'
import { longestQuestion, portions, type Question } from './slug-questions.js'

/** A row that needs a slug, under the locks of every slug it may get. */
export interface Applicant {
  readonly before: RowData | null
  readonly after: RowData
  /** The key of a row that is stored; undefined where it is new. */
  readonly own: string | undefined
  /** What is the same for rows whose slugs must differ. */
  readonly scope: string
}

/** The numbers a base is given in one call. */
interface Numbers {
  readonly row: RowData
  readonly scope: string
  readonly base: string
  readonly counter: string
  /** What the counter says in the database; undefined until it was asked. */
  stored: number | undefined
  /** The number to try next. */
  next: number
  /** How many slugs are looked at ahead; more each time. */
  window: number
  /** How many rows have waited for a number since slugs were looked at. */
  waiting: number
}

/**
 * Who has which slug: what is stored, and what rows of the same call were given, which are not written yet. What it has
 * asked for stays true until they are, because all slugs that can be in each other's way are locked.
 *
 * Slugs are chosen as if everything were known. Where it is not the answer is undefined and the ledger remembers the
 * question; when all rows were tried it answers all questions by few statements, and they are tried anew.
 */
export class SlugLedger {
  readonly #names: SlugNames
  readonly #history: SlugHistory | undefined
  readonly #claims = new Map<string, string | undefined>()
  /** The keys of the rows that have a slug, or have had it. */
  readonly #holders = new Map<string, readonly string[]>()
  readonly #numbers = new Map<string, Numbers>()
  readonly #retirements: Retirement[] = []
  #questions: Question[] = []

  constructor(names: SlugNames, history: SlugHistory | undefined) {
    this.#names = names
    this.#history = history
  }

  /**
   * Gives every applicant the slug that is chosen for it.
   * @param choose undefined where the ledger has not known an answer.
   */
  async giveAll<A extends Applicant>(
    applicants: readonly A[],
    choose: (applicant: A) => string | undefined,
    context: RuleContext,
  ): Promise<readonly string[]> {
    for (;;) {
      this.#forgetGiven()
      const given = this.#attempt(applicants, choose, context)
      if (!this.#isAsking()) return given as readonly string[]
      await this.#answer(context)
    }
  }

  /** Remembers a question. */
  ask(slugs: readonly string[], { scope, after }: Applicant): void {
    const unknown = [...new Set(slugs)].filter((slug) => slug !== '' && !this.#holders.has(`${scope} ${slug}`))
    if (unknown.length > 0) this.#questions.push({ row: after, scope, slugs: unknown })
  }

  /** Whether no other row has the slug, or has had it. */
  isFree(slug: string, applicant: Applicant): boolean | undefined {
    const key = `${applicant.scope} ${slug}`
    if (this.#claims.has(key)) return applicant.own !== undefined && this.#claims.get(key) === applicant.own
    const holders = this.#holders.get(key)
    if (holders) return holders.every((holder) => holder === applicant.own)
    this.ask([slug], applicant)
    return undefined
  }

  /** A base with a number that is free. Numbers in use of which the counter does not know are passed over. */
  numbered(base: string, applicant: Applicant): string | undefined {
    const { after: row, scope } = applicant
    const key = `${scope} ${base}`
    const counter = this.#numbers.get(key)?.counter ?? this.#names.counter(row, base)
    const fresh = { row, scope, base, counter, stored: undefined, next: 0, window: 0, waiting: 0 }
    const numbers: Numbers = this.#numbers.get(key) ?? fresh
    this.#numbers.set(key, numbers)
    if (numbers.stored === undefined) return this.#wait(numbers)
    for (;;) {
      const slug = this.#names.numbered(base, 1 + numbers.next)
      if (!this.#holders.has(`${scope} ${slug}`)) return this.#wait(numbers)
      numbers.next += 1
      if (!this.#names.isReserved(slug) && this.isFree(slug, applicant)) return slug
    }
  }

  /** Once the rows are written: stores which numbers are used, and which slugs were given up. */
  async close(context: RuleContext): Promise<void> {
    const steps = [...this.#numbers.values()].map(({ row, counter, stored = 0, next }) => ({
      row,
      key: counter,
      count: next - 1 - stored,
    }))
    const used = steps.filter(({ count }) => count > 0)
    if (used.length > 0) await context.nextNumbers(used)
    await this.#history?.retire(this.#retirements, context)
  }

  #wait(numbers: Numbers): undefined {
    numbers.waiting += 1
  }

  #attempt<A extends Applicant>(
    applicants: readonly A[],
    choose: (applicant: A) => string | undefined,
    { model }: RuleContext,
  ): readonly (string | undefined)[] {
    try {
      return applicants.map((applicant) => {
        const slug = choose(applicant)
        if (slug !== undefined) this.#give(slug, applicant, model)
        return slug
      })
    } catch (error) {
      // An earlier row may be the one to refuse, once everything about it is known.
      if (!this.#isAsking()) throw error
      return []
    }
  }

  /** Gives a slug to an applicant, and remembers the one it gives up for it. */
  #give(slug: string, { before, after, own, scope }: Applicant, { visible }: RuleContext['model']): void {
    this.#claims.set(`${scope} ${slug}`, own)
    if (!this.#history || !before || this.#names.slugOf(before) === '' || !matches(visible, before)) return
    this.#retirements.push({ before, after: { ...after, [this.#names.property]: slug } })
  }

  #forgetGiven(): void {
    this.#claims.clear()
    this.#retirements.length = 0
    for (const numbers of this.#numbers.values()) numbers.next = (numbers.stored ?? 0) + 1
  }

  #isAsking(): boolean {
    return this.#questions.length > 0 || [...this.#numbers.values()].some(({ waiting }) => waiting > 0)
  }

  async #answer(context: RuleContext): Promise<void> {
    const waiting = [...this.#numbers.values()].filter((numbers) => numbers.waiting > 0)
    const counted = waiting.filter(({ stored }) => stored === undefined)
    const steps = counted.map(({ row, counter }) => ({ row, key: counter, count: 0 }))
    const reached = steps.length > 0 ? await context.nextNumbers(steps) : []
    for (const [index, numbers] of counted.entries()) {
      numbers.stored = reached[index]!
      numbers.next = reached[index]! + 1
    }
    for (const numbers of waiting) this.#askAhead(numbers)
    const questions = this.#questions
    this.#questions = []
    for (const some of portions(questions)) await this.#look(some, context)
  }

  /** Asks for the slugs that those who wait may get. */
  #askAhead(numbers: Numbers): void {
    const { row, scope, base, next, waiting } = numbers
    numbers.window = Math.min(Math.max(waiting, 8 * numbers.window), longestQuestion)
    numbers.waiting = 0
    const ahead = Array.from({ length: numbers.window }, (_, index) => this.#names.numbered(base, 1 + next + index))
    this.ask(ahead, { before: null, after: row, own: undefined, scope })
  }

  async #look(questions: readonly Question[], context: RuleContext): Promise<void> {
    const { table } = context
    const { property } = this.#names
    const asked = questions.map(({ row, slugs }) => ({ group: this.#names.group(row), property, values: slugs }))
    const rows = await table.rowsInGroups(asked, context.visible(all()), this.#names.properties)
    const scopes = new Map(questions.map(({ row, scope }) => [this.#names.groupKey(row), scope]))
    if (questions.length > 1 && rows.some((row) => !scopes.has(this.#names.groupKey(row)))) {
      // A driver gives a value in another form than it was given, e.g. a decimal number.
      for (const question of questions) await this.#look([question], context)
      return
    }
    // After the holders: a slug that is given up meanwhile must be seen in one of both places.
    const owners = await this.#history?.owners(questions, context)
    const found = new Map(
      questions.flatMap(({ scope, slugs }) => slugs.map((slug): [string, string[]] => [`${scope} ${slug}`, []])),
    )
    for (const row of rows) {
      const scope = scopes.get(this.#names.groupKey(row)) ?? questions[0]!.scope
      found.get(`${scope} ${this.#names.slugOf(row)}`)?.push(keyText(table, row))
    }
    for (const [key, owner] of owners ?? []) found.get(key)?.push(owner)
    for (const [key, keys] of found) this.#holders.set(key, keys)
  }
}

import {
  all,
  counterKey,
  cutSlug,
  eq,
  hashString,
  matching,
  type Operand,
  type Predicate,
  type RowData,
  slugWriter,
} from 'plinth'
import { type SlugCandidate, type SluggableOptions, sourcesOf } from './slug-options.js'

/** The longest number behind a slug, with its separator, by which slugs of one family are told. */
const longestSuffix = 12

/** How many texts are remembered with their slugs, and how long they are at most: a call asks several times for each row. */
const mostWritten = 1000
const longestWritten = 200

const none: readonly unknown[] = Object.freeze([])

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** How slugs are written: everything that depends on the options and one row alone. */
export class SlugNames {
  /** The property that holds the slug. */
  readonly property: string
  readonly #options: SluggableOptions
  /** Made by the first text: options are checked when rules are made of them already. */
  #write: ((text: string) => string) | undefined
  readonly #reserved: ReadonlySet<string>
  readonly #numbers: RegExp
  readonly #written = new Map<string, string>()
  readonly #scopes = new Map<string, string>()

  constructor(options: SluggableOptions, property = 'slug') {
    this.property = property
    this.#options = options
    this.#reserved = new Set(options.reserved.map((word) => this.written(word)))
    this.#numbers = new RegExp(`(?:[${options.separator}][0-9]*)+$`)
  }

  /** The properties whose change may give a visible row another slug. */
  get decisive(): readonly string[] {
    const { within, onUpdate } = this.#options
    const sources = onUpdate === 'regenerate' ? sourcesOf(this.#options) : []
    return [...new Set([...within, this.property, ...sources])]
  }

  /** The slug a row has; empty where it has none. */
  slugOf(row: RowData): string {
    const slug = row[this.property]
    return typeof slug === 'string' ? slug : ''
  }

  /** A text as a slug; empty where it has nothing to name. */
  written(text: string): string {
    const known = this.#written.get(text)
    if (known !== undefined) return known
    const { maxLength, separator, locale, unicode } = this.#options
    this.#write ??= slugWriter({ maxLength, separator, locale, unicode })
    const slug = this.#write(text)
    if (this.#written.size >= mostWritten) this.#written.clear()
    if (text.length <= longestWritten) this.#written.set(text, slug)
    return slug
  }

  /** The slugs a row might have if there were no other, in the order in which they are tried. */
  bases(row: RowData): readonly string[] {
    const { from, candidates } = this.#options
    if (candidates.length === 0) {
      const only = this.written(textOf(from, row))
      return only === '' ? [] : [only]
    }
    const written = [from, ...candidates].map((candidate) => this.written(textOf(candidate, row)))
    return [...new Set(written)].filter((slug) => slug !== '')
  }

  /** The slug with a number, which is never longer than a slug may be. */
  numbered(base: string, number: number): string {
    const { maxLength, separator } = this.#options
    const suffix = `${separator}${number}`
    const stem = cutSlug(base, maxLength - suffix.length, separator)
    // A single character of many code points may leave no room for a number.
    return stem === '' ? String(number) : stem + suffix
  }

  /** A slug with the id of its row. No slug has two separators side by side, so no number of a slug is taken for an id. */
  withId(slug: string, id: string): string {
    const { separator } = this.#options
    return `${slug}${separator}${separator}${id}`
  }

  /** The id behind a slug, where slugs may have one behind them. */
  idIn(text: string): string | undefined {
    const { idSuffix, separator } = this.#options
    const between = separator + separator
    const start = idSuffix ? text.indexOf(between) : -1
    return start > 0 ? text.slice(start + between.length) : undefined
  }

  /** Whether a slug was made from one of these bases: it is the base, or the base with a number. */
  isMadeFrom(slug: string, bases: readonly string[]): boolean {
    const number = slug.slice(slug.lastIndexOf(this.#options.separator) + 1)
    const isNumber = /^[1-9][0-9]*$/.test(number)
    return bases.some((base) => slug === base || (isNumber && slug === this.numbered(base, Number(number))))
  }

  /** Whether a row has a slug that was made from its present texts, or its texts name nothing. */
  isCurrent(row: RowData): boolean {
    const [slug, bases] = [this.slugOf(row), this.bases(row)]
    return slug !== '' && (bases.length === 0 || this.isMadeFrom(slug, bases))
  }

  isReserved(slug: string): boolean {
    return this.#reserved.has(slug)
  }

  /** The values that rows of one group share. */
  group(row: RowData): Readonly<Record<string, Operand | null>> {
    return Object.fromEntries(this.#options.within.map((property) => [property, (row[property] ?? null) as Operand]))
  }

  /** The properties that tell which slug a row has, and in which group. */
  get properties(): readonly string[] {
    return [...this.#options.within, this.property]
  }

  /** Which rows have a slug in the group of a row. */
  bearers(slug: string, row: RowData): Predicate {
    const named = eq(this.property, slug)
    return this.#options.within.length === 0 ? named : all(matching(this.group(row)), named)
  }

  /** Text that is the same for rows of one group, as the database compares them. */
  groupKey(row: RowData): string {
    return counterKey(...this.#groupValues(row))
  }

  /** Text of a fixed length that is the same for rows of one group and partition. */
  scope(row: RowData, partition: string): string {
    const key = counterKey(partition, ...this.#groupValues(row))
    const known = this.#scopes.get(key)
    if (known !== undefined) return known
    const made = hashString(key)
    if (this.#scopes.size >= mostWritten) this.#scopes.clear()
    this.#scopes.set(key, made)
    return made
  }

  /** The locks under which slugs like those of the row are given: the one it has, and those made for it. */
  locks = (row: RowData): readonly string[] => {
    const given = this.slugOf(row)
    const made = this.bases(row)
    if (given === '' && made.length === 1) return [this.#lock(row, made[0]!)]
    const slugs = [...(made.length > 0 ? made : ['']), ...(given === '' ? [] : [this.written(given)])]
    return [...new Set(slugs.map((slug) => this.#lock(row, slug)))]
  }

  /** The counter of the numbers that a base has used. */
  counter(row: RowData, base: string): string {
    return counterKey(...this.#groupValues(row), 'number', base)
  }

  #lock(row: RowData, slug: string): string {
    return counterKey(...this.#groupValues(row), this.#family(slug))
  }

  /**
   * What is the same of all slugs that can ever be in each other's way: a base, the base with a number, and a text that
   * ends in this number. Only what is left of the longest ones where they are cut for a number can be looked at.
   */
  #family(slug: string): string {
    const room = Math.floor((this.#options.maxLength - longestSuffix) * 0.75)
    return wholeStart(slug, room).replace(this.#numbers, '')
  }

  #groupValues(row: RowData): readonly unknown[] {
    if (this.#options.within.length === 0) return none
    return this.#options.within.map((property) => row[property] ?? null)
  }
}

function textOf(candidate: SlugCandidate, row: RowData): string {
  if (typeof candidate === 'string') return plainText(row[candidate])
  if (typeof candidate === 'function') return candidate(row) ?? ''
  return [candidate]
    .flat()
    .map((property) => plainText(row[property]))
    .join(' ')
}

/** Objects and lists name nothing. */
function plainText(value: unknown): string {
  if (value instanceof Date) return value.toISOString()
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value)
  return typeof value === 'string' ? value : ''
}

/** At most so many code points from the start, without a part of a character at the end. */
function wholeStart(text: string, length: number): string {
  // No text has more code points than code units.
  if (text.length <= length) return text
  const points = Array.from(text)
  if (points.length <= length) return text
  const start = points.slice(0, length).join('')
  return text.slice(0, graphemes.segment(text).containing(start.length)?.index ?? start.length)
}

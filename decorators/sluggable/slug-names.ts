import { counterKey, cutSlug, hashString, type Operand, type RowData, slugify } from 'plinth'
import type { SluggableOptions } from './slug-options.js'

/** The longest number behind a slug, with its separator, by which slugs of one family are told. */
const longestSuffix = 12

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** How slugs are written: everything that depends on the options and one row alone. */
export class SlugNames {
  readonly #options: SluggableOptions
  readonly #reserved: ReadonlySet<string>
  readonly #numbers: RegExp

  constructor(options: SluggableOptions) {
    this.#options = options
    this.#reserved = new Set(options.reserved.map((word) => this.written(word)))
    this.#numbers = new RegExp(`(?:[${options.separator}][0-9]*)+$`)
  }

  /** The properties whose change may give a visible row another slug. */
  get decisive(): readonly string[] {
    const { within, onUpdate, from } = this.#options
    return [...within, 'slug', ...(onUpdate === 'regenerate' ? [from] : [])]
  }

  /** A text as a slug; empty where it has nothing to name. */
  written(text: string): string {
    const { maxLength, separator, locale, unicode } = this.#options
    return slugify(text, { maxLength, separator, locale, unicode })
  }

  /** The slug a row would have if there were no other. */
  base(row: RowData): string {
    const text = row[this.#options.from]
    return typeof text === 'string' ? this.written(text) : ''
  }

  /** The slug with a number, which is never longer than a slug may be. */
  numbered(base: string, number: number): string {
    const { maxLength, separator } = this.#options
    const suffix = `${separator}${number}`
    const stem = cutSlug(base, maxLength - suffix.length, separator)
    // A single character of many code points may leave no room for a number.
    return stem === '' ? String(number) : stem + suffix
  }

  /** Whether a slug was made from a base: it is the base, or the base with a number. */
  isMadeFrom(slug: string, base: string): boolean {
    const number = slug.slice(slug.lastIndexOf(this.#options.separator) + 1)
    return slug === base || (/^[1-9][0-9]*$/.test(number) && slug === this.numbered(base, Number(number)))
  }

  isReserved(slug: string): boolean {
    return this.#reserved.has(slug)
  }

  /** The values that rows of one group share. */
  group(row: RowData): Readonly<Record<string, Operand | null>> {
    return Object.fromEntries(this.#options.within.map((property) => [property, (row[property] ?? null) as Operand]))
  }

  /** Text of a fixed length that is the same for rows of one group and partition. */
  scope(row: RowData, partition: string): string {
    return hashString(counterKey(partition, ...Object.values(this.group(row))))
  }

  /** The lock under which slugs like those of the row are given: the one it has, and the one made for it. */
  locks = (row: RowData): readonly string[] => {
    const base = this.base(row)
    const given = row['slug']
    const slugs = typeof given === 'string' && given !== '' ? [base, this.written(given)] : [base]
    return [...new Set(slugs.map((slug) => counterKey(...this.#groupValues(row), this.#family(slug))))]
  }

  /** The counter of the numbers that a base has used. */
  counter(row: RowData, base: string): string {
    return counterKey(...this.#groupValues(row), 'number', base)
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
    return Object.values(this.group(row))
  }
}

/** At most so many code points from the start, without a part of a character at the end. */
function wholeStart(text: string, length: number): string {
  const points = Array.from(text)
  if (points.length <= length) return text
  const start = points.slice(0, length).join('')
  return text.slice(0, graphemes.segment(text).containing(start.length)?.index ?? start.length)
}

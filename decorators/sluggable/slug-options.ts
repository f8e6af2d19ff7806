import type { SlugOptions } from 'plinth'

/** What `@Sluggable` may be told. */
export interface SluggableOptions {
  /** The property whose text is written into the slug. */
  readonly from: string
  /** Properties that make a group of rows: slugs are unique in it. Without any, among all rows. */
  readonly within: readonly string[]
  /** The most code points a slug has, its number included. */
  readonly maxLength: number
  readonly separator: NonNullable<SlugOptions['separator']>
  /** Slugs no row gets, e.g. because routes have their names: made ones are numbered instead, given ones refused. */
  readonly reserved: readonly string[]
  /** A BCP 47 tag, for languages that transliterate in a way of their own. */
  readonly locale: string
  /** Whether a slug stays when the text it was made from changes, or is made anew. */
  readonly onUpdate: 'keep' | 'regenerate'
  /** Whether slugs a row has given up stay its own, so that `findBySlug` finds the row by them. */
  readonly history: boolean
  /** What becomes of a text with nothing to name, e.g. `---`: a slug made from the id, or an error. */
  readonly onEmpty: 'id' | 'error'
  /** Whether letters of every script stay as they are instead of being written in ASCII. */
  readonly unicode: boolean
}

export const slugDefaults: SluggableOptions = {
  from: 'name',
  within: [],
  maxLength: 100,
  separator: '-',
  reserved: [],
  locale: '',
  onUpdate: 'keep',
  history: true,
  onEmpty: 'id',
  unicode: false,
}

/** What is wrong with options, in a sentence. */
export function problemOf({ maxLength, separator, from, within }: SluggableOptions): string | undefined {
  if (!Number.isSafeInteger(maxLength) || maxLength < 16 || maxLength > 255) {
    return `@Sluggable needs a maxLength from 16 to 255, not ${maxLength}.`
  }
  if (!['-', '_', '.', '~'].includes(separator)) return `@Sluggable separates words by - _ . or ~, not "${separator}".`
  if (from === 'slug' || within.includes('slug')) return '@Sluggable cannot make a slug from the slug itself.'
  return undefined
}

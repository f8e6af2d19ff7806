import type { RowData, SlugOptions } from 'plinth'

/** What a slug may be made from: a property, several of them after one another, or what a function makes of the row. */
export type SlugCandidate = string | readonly string[] | ((row: RowData) => string | null | undefined)

/** What `@Sluggable` may be told. */
export interface SluggableOptions {
  /** The property whose text is written into the slug. */
  readonly from: string
  /**
   * What is tried after `from`, in this order, before a slug is numbered: `['subtitle', ['title', 'year']]`. Functions
   * are pure, and given the row as it will be.
   */
  readonly candidates: readonly SlugCandidate[]
  /** Properties that make a group of rows: slugs are unique in it. Without any, among all rows. */
  readonly within: readonly string[]
  /** The most code points a slug has, its number included. */
  readonly maxLength: number
  readonly separator: NonNullable<SlugOptions['separator']>
  /** Slugs no row gets, e.g. because routes have their names. */
  readonly reserved: readonly string[]
  /**
   * What becomes of a row all of whose candidates are reserved: the first is numbered, or it is an error. Unless told,
   * an error where there are `candidates`, and otherwise a number.
   */
  readonly onReserved: 'number' | 'error' | undefined
  /** What becomes of a slug that is given by hand, or comes back, where it is taken: an error, or it is numbered. */
  readonly onTaken: 'error' | 'number'
  /** A BCP 47 tag, for languages that transliterate in a way of their own. */
  readonly locale: string
  /** Whether a slug stays when the text it was made from changes, or is made anew. */
  readonly onUpdate: 'keep' | 'regenerate'
  /**
   * Whether slugs a row has given up stay its own, so that `findBySlug` finds the row by them; with a number of days,
   * for that long.
   */
  readonly history: boolean | { readonly days: number }
  /**
   * Whether a text with the id of a row behind it, `hello--17`, is one of its names, whatever its slug was or is:
   * `slugWithId` makes such texts.
   */
  readonly idSuffix: boolean
  /** What becomes of a text with nothing to name, e.g. `---`: a slug made from the id, or an error. */
  readonly onEmpty: 'id' | 'error'
  /** Whether letters of every script stay as they are instead of being written in ASCII. */
  readonly unicode: boolean
}

export const slugDefaults: SluggableOptions = {
  from: 'name',
  candidates: [],
  within: [],
  maxLength: 100,
  separator: '-',
  reserved: [],
  onReserved: undefined,
  onTaken: 'error',
  locale: '',
  onUpdate: 'keep',
  history: true,
  idSuffix: false,
  onEmpty: 'id',
  unicode: false,
}

/** The properties that candidates name. */
export function sourcesOf({ from, candidates }: SluggableOptions): readonly string[] {
  return [from, ...candidates.flatMap((candidate) => (typeof candidate === 'function' ? [] : candidate))]
}

/** What is wrong with the options of slugs in `property`, in a sentence. */
export function problemOf(property: string, options: SluggableOptions): string | undefined {
  const { maxLength, separator, within, history } = options
  if (!Number.isSafeInteger(maxLength) || maxLength < 16 || maxLength > 255) {
    return `@Sluggable needs a maxLength from 16 to 255, not ${maxLength}.`
  }
  if (!['-', '_', '.', '~'].includes(separator)) return `@Sluggable separates words by - _ . or ~, not "${separator}".`
  if ([...sourcesOf(options), ...within].includes(property)) {
    return '@Sluggable cannot make a slug from the slug itself.'
  }
  if (typeof history === 'object' && !(history.days > 0 && Number.isFinite(history.days))) {
    return `@Sluggable remembers slugs for more than 0 days, not ${history.days}.`
  }
  return undefined
}

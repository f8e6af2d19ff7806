import { UsageError } from '../errors/usage-error.js'
import { cutSlug } from './cut-slug.js'
import { type OptionNames, requireKnownBy } from './known-options.js'
import { transliterate } from './transliterate.js'

const separators = ['-', '_', '.', '~'] as const

/** How a text is written as a slug. */
export interface SlugOptions {
  /** What stands between words: `-` unless given, or another character that URLs leave alone. */
  readonly separator?: (typeof separators)[number]
  /** The most code points a slug may have; 100 unless given. */
  readonly maxLength?: number
  /** A BCP 47 tag, for languages that transliterate in a way of their own (see `transliterate`). */
  readonly locale?: string
  /** Keeps the letters, marks and digits of every script instead of writing them in ASCII. */
  readonly unicode?: boolean
}

const slugOptions: OptionNames<SlugOptions> = { separator: true, maxLength: true, locale: true, unicode: true }

/**
 * Makes the part of a URL that names a thing, from a text of any script: `Ärger & Käse` becomes `arger-kase`.
 *
 * In this order: compatibility forms are unified (NFKC), the text is written in ASCII, in lower case; an apostrophe
 * inside a word is dropped, every other run of characters that are neither letter nor digit becomes one separator;
 * none is left at the ends; what is too long is cut by `cutSlug`. A slug of a slug is the same slug. The result is
 * empty where the text has nothing to name, e.g. `---`: what then is for the caller to decide.
 * @throws {UsageError} E_SLUG_OPTIONS for a separator or length no slug can have.
 */
export function slugify(text: string, options: SlugOptions = {}): string {
  requireKnownBy(slugify, options, slugOptions)
  return written(text, checked(options))
}

/**
 * What `slugify` does, for many texts: the options are looked at once.
 * @throws {UsageError} E_SLUG_OPTIONS for a separator or length no slug can have.
 */
export function slugWriter(options: SlugOptions = {}): (text: string) => string {
  requireKnownBy(slugWriter, options, slugOptions)
  const known = checked(options)
  return (text) => written(text, known)
}

function written(text: string, { separator, maxLength, locale, unicode }: CheckedOptions): string {
  const words = unicode ? unicodeWords(text, separator) : asciiWords(text, separator, locale)
  return cutSlug(trimmed(words, separator), maxLength, separator)
}

function asciiWords(text: string, separator: string, locale: string | undefined): string {
  // ASCII has no other form. Few texts have apostrophes, and looking behind each letter costs as much as all words do.
  const ascii = isAscii.test(text) ? text : transliterate(text.normalize('NFKC'), locale)
  const lower = ascii.toLowerCase()
  const joined = apostrophes.test(lower) ? lower.replace(/(?<=[a-z0-9])['`]+(?=[a-z0-9])/g, '') : lower
  return joined.replace(/[^a-z0-9]+/g, separator)
}

const isAscii = /^[\0-\x7f]*$/
const apostrophes = /['`]/

function unicodeWords(text: string, separator: string): string {
  const letters = text
    .normalize('NFKC')
    // Soft hyphens, joiners and direction marks stand inside words without being seen.
    .replace(/\p{Cf}+/gu, '')
    .toLowerCase()
    // Lower case is not always composed: the dot of İ becomes a mark.
    .normalize('NFKC')
    .replace(/(?<=[\p{L}\p{N}\p{M}])['’`]+(?=[\p{L}\p{N}])/gu, '')
    // A mark with nothing to stand on would join the separator.
    .replace(/(?<![\p{L}\p{N}\p{M}])\p{M}+/gu, '')
  return letters.replace(/[^\p{L}\p{N}\p{M}]+/gu, separator).normalize('NFC')
}

function trimmed(words: string, separator: string): string {
  const start = words.startsWith(separator) ? 1 : 0
  return words.slice(start, words.endsWith(separator) ? Math.max(start, words.length - 1) : undefined)
}

type CheckedOptions = Required<Omit<SlugOptions, 'locale'>> & Pick<SlugOptions, 'locale'>

function checked(options: SlugOptions): CheckedOptions {
  const { separator = '-', maxLength = 100, unicode = false } = options
  if (!separators.includes(separator)) {
    throw new UsageError(
      'E_SLUG_OPTIONS',
      `The separator of slugs is one of ${separators.join(' ')}, not "${separator}".`,
    )
  }
  if (!Number.isSafeInteger(maxLength) || maxLength < 1) {
    throw new UsageError('E_SLUG_OPTIONS', `The longest slug has a whole number of characters, not ${maxLength}.`)
  }
  return { ...options, separator, maxLength, unicode }
}

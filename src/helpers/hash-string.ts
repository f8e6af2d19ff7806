import { hash } from 'node:crypto'
import { UsageError } from '../errors/usage-error.js'
import { type OptionNames, requireKnownBy } from './known-options.js'

const algorithms = ['sha256', 'sha384', 'sha512', 'blake2b512'] as const

/** A digest that is not known to be broken. */
export type HashAlgorithm = (typeof algorithms)[number]

/** How a text is digested. */
export interface HashStringOptions {
  /** `sha256` unless given. */
  readonly algorithm?: HashAlgorithm
}

const hashOptions: OptionNames<HashStringOptions> = { algorithm: true }

/**
 * The digest of a text (of its UTF-8 bytes), in lower-case hexadecimal.
 *
 * For fingerprints, cache keys and looking up stored tokens. **Not for passwords**: a digest is made to be fast, so a
 * stolen table of them is soon undone. Use `hashPassword` there.
 * @throws {UsageError} E_HASH_ALGORITHM for any other algorithm, `md5` and `sha1` among them.
 */
export function hashString(text: string, options: HashStringOptions = {}): string {
  requireKnownBy(hashString, options, hashOptions)
  const { algorithm = 'sha256' } = options
  if (!algorithms.includes(algorithm)) {
    throw new UsageError(
      'E_HASH_ALGORITHM',
      `hashString() does not offer "${algorithm}": it is broken or unknown. Choose ${algorithms.join(', ')}.`,
    )
  }
  return hash(algorithm, text)
}

import { UsageError } from '../errors/usage-error.js'
import { type OptionNames, requireKnownBy } from './known-options.js'

/** How long values count that are signed for a purpose. */
export interface SigningPurposeOptions {
  /** Whole seconds, at most ten years; `'unlimited'` for values that count as long as their key does. */
  readonly lifetime: number | 'unlimited'
}

const purposeOptions: OptionNames<SigningPurposeOptions> = { lifetime: true }
const longestLifetime = 315_360_000

/** What values are signed for, and of which type they are. */
export interface SigningPurpose<in out T> extends SigningPurposeOptions {
  readonly name: string
  /** The type of the values; there is nothing here while a program runs. */
  readonly value?: (value: T) => T
}

/**
 * Declares what values are signed for: `const reset = signingPurpose<{ userId: string }>('password-reset', { lifetime: 3600 })`. What was
 * signed for one purpose is worth nothing for another. Values of another shape are another purpose: give it another name.
 * @throws {UsageError} E_SIGNING_PURPOSE for a name that is empty or longer than 100 characters, and for a lifetime that is none.
 */
export function signingPurpose<T>(name: string, options: SigningPurposeOptions): SigningPurpose<T> {
  requireKnownBy(signingPurpose, options, purposeOptions)
  const { lifetime } = options
  if (typeof name !== 'string' || !/^[\x20-\x7e]{1,100}$/.test(name)) {
    throw refusal(`A purpose is named by 1 to 100 characters of ASCII, not by ${JSON.stringify(name)}.`)
  }
  if (lifetime !== 'unlimited' && !(Number.isInteger(lifetime) && lifetime >= 1 && lifetime <= longestLifetime)) {
    throw refusal(`Values signed for "${name}" count for ${String(lifetime)} seconds, which is no time.`)
  }
  return Object.freeze({ name, lifetime })
}

const refusal = (problem: string): UsageError =>
  new UsageError(
    'E_SIGNING_PURPOSE',
    `${problem} Write signingPurpose('password-reset', { lifetime: 3600 }), or lifetime: 'unlimited'.`,
  )

import type { Mistake } from '../errors/definition-error.js'
import { UsageError } from '../errors/usage-error.js'
import { type Declared, labelOf } from './applied-traits.js'

/** A part of a trait could not be made of the options it was given. */
export class RefusedTrait extends Error {
  override readonly name = 'RefusedTrait'
  readonly applied: Declared
  override readonly cause: UsageError

  constructor(applied: Declared, cause: UsageError) {
    super(cause.message)
    this.applied = applied
    this.cause = cause
  }

  /** What is told of it. */
  mistakeOf(subject: string): Mistake {
    const { applied, cause } = this
    return {
      code: 'E_TRAIT_OPTIONS',
      subject,
      problem: `the trait ${applied.trait} cannot be made of its options. ${cause.message.replace(`\n[${cause.code}]`, '')}`,
      places: [labelOf(applied)],
      remedy: `Change the options of @${applied.trait}.`,
    }
  }
}

/**
 * What a trait makes of its options.
 * @throws {RefusedTrait} where they are refused by something that it gives them to.
 */
export function madeOf<T>(applied: Declared, make: () => T): T {
  try {
    return make()
  } catch (error) {
    throw error instanceof UsageError ? new RefusedTrait(applied, error) : error
  }
}

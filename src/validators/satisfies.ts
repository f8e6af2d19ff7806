import { buildMessage, ValidateBy, type ValidationArguments, type ValidationOptions } from 'class-validator'
import type { AsyncValidator, Validator } from './validator.js'

/**
 * Makes a class-validator decorator of a validator: `@Satisfies(validator)` above a property. The validator's schema is
 * the first constraint of what class-validator stores, where programs that write documents find it.
 */
export function Satisfies(validator: Validator | AsyncValidator, options?: ValidationOptions): PropertyDecorator {
  const message = (each: string, details?: ValidationArguments): string =>
    `${each}$property ${options?.each ? validator.message : reason(validator, details?.value)}`
  return ValidateBy(
    {
      name: validator.rule,
      constraints: [validator.schema],
      validator: { validate: (value) => validator(value), defaultMessage: buildMessage(message, options) },
    },
    options,
  )
}

// class-validator asks for the message after the verdict, and will not wait for it.
function reason(validator: Validator | AsyncValidator, value: unknown): string {
  const complaints = validator.complaints(value)
  if (complaints instanceof Promise) return validator.message
  const [first] = complaints
  if (!first) return validator.message
  return first.pointer === '#' ? first.message : `${first.message} (at ${first.pointer})`
}

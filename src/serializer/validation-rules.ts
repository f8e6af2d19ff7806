import { getMetadataStorage, type ValidationError as RuleError, validate } from 'class-validator'
import type { FieldError } from '../errors/app-exception.js'
import type { AnyClass } from '../metadata/fact-kind.js'
import { memberPointer } from './member-pointer.js'

/** Checks values against the rules that decorators of class-validator wrote above the properties of a class. */
export type RuleCheck = (values: Readonly<Record<string, unknown>>) => Promise<readonly FieldError[]>

/** The rules of a class, or undefined where it has none. They are asked of exactly the values that are given. */
export function rulesOf(target: AnyClass): RuleCheck | undefined {
  if (ruledProperties(target).size === 0) return undefined
  const prototype = target.prototype as object
  return async (values) => {
    // The constructor is not run: its effects and defaults are not part of the input.
    const instance = Object.assign(Object.create(prototype) as object, values)
    const found = await validate(instance, { forbidUnknownValues: false, validationError: { target: false, value: false } })
    return found.filter(({ property }) => Object.hasOwn(values, property)).flatMap((error) => fieldErrors(error, []))
  }
}

/** The properties of a class that have rules. */
export function ruledProperties(target: AnyClass): ReadonlySet<string> {
  const metadata = getMetadataStorage().getTargetValidationMetadatas(target, '', true, false)
  return new Set(metadata.map(({ propertyName }) => propertyName))
}

function fieldErrors({ property, constraints, children }: RuleError, above: readonly string[]): readonly FieldError[] {
  const path = [...above, property]
  const own = Object.entries(constraints ?? {}).map(([code, message]) => ({
    pointer: memberPointer(...path),
    code,
    message,
  }))
  return [...own, ...(children ?? []).flatMap((child) => fieldErrors(child, path))]
}

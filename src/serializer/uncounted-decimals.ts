import { getMetadataStorage, IS_NUMBER, type IsNumberOptions, ValidationTypes } from 'class-validator'
import type { FieldError } from '../errors/app-exception.js'
import { pointerTo } from '../errors/json-pointer.js'
import type { AnyClass } from '../metadata/fact-kind.js'

/** The complaints about numbers whose decimal places class-validator cannot count; asked where it has thrown. */
export type UncountedDecimals = (instance: object, about?: ReadonlySet<string>) => readonly FieldError[]

/**
 * Finds numbers at which the rule `IsNumber({ maxDecimalPlaces })` throws instead of answering: it counts the places
 * behind the point of the number's text, and `1e-7` has none. Whoever sends such a number is told so.
 */
export function uncountedDecimals(target: AnyClass): UncountedDecimals {
  const rules = getMetadataStorage().getTargetValidationMetadatas(target, '', false, false)
  const conditions = rules.filter(({ type }) => type === ValidationTypes.CONDITIONAL_VALIDATION)
  const counted = rules.filter(({ name, constraints }) => {
    const [options] = (constraints ?? []) as readonly (IsNumberOptions | undefined)[]
    return name === IS_NUMBER && options?.maxDecimalPlaces !== undefined
  })
  if (counted.length === 0) return () => none
  return (instance, about) => {
    const values = instance as Readonly<Record<string, unknown>>
    const isAsked = (name: string): boolean =>
      (about?.has(name) ?? true) &&
      conditions.every((rule) => rule.propertyName !== name || Boolean(conditionOf(rule)(instance, values[name])))
    return counted.flatMap(({ propertyName, each }) => {
      const value = values[propertyName]
      const numbers = each && Array.isArray(value) ? (value as readonly unknown[]) : [value]
      if (!numbers.some(isUncounted) || !isAsked(propertyName)) return none
      return {
        pointer: pointerTo(propertyName),
        code: IS_NUMBER,
        message: `${propertyName} has too many decimal places`,
      }
    })
  }
}

const none: readonly FieldError[] = Object.freeze([])

const conditionOf = ({ constraints }: { readonly constraints: readonly unknown[] }) =>
  constraints[0] as (instance: object, value: unknown) => unknown

const isUncounted = (value: unknown): boolean => typeof value === 'number' && /^-?\de-/.test(String(value))

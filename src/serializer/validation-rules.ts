import { getMetadataStorage, type ValidationError as RuleError, ValidationTypes, validate } from 'class-validator'
import type { FieldError } from '../errors/app-exception.js'
import { pointerTo } from '../errors/json-pointer.js'
import { type Awaitable, andThen } from '../helpers/awaitable.js'
import type { AnyClass } from '../metadata/fact-kind.js'
import { compileRules } from './compile-rules.js'
import { uncountedDecimals } from './uncounted-decimals.js'

/** The properties of a class that have rules, written by decorators of class-validator. */
export function ruledProperties(target: AnyClass): ReadonlySet<string> {
  const rules = getMetadataStorage().getTargetValidationMetadatas(target, '', true, false)
  return new Set(rules.map(({ propertyName }) => propertyName))
}

/**
 * What the rules of its class say against an object: about all of its properties, or about some. What lies inside of a
 * property is not looked at.
 */
export type RuleCheck = (instance: object, about?: ReadonlySet<string>) => Awaitable<readonly FieldError[]>

/**
 * Compiles what the rules of a class say. What holds is known without class-validator; what it says against the rest, it
 * says itself.
 */
export function ruleCheck(target: AnyClass): RuleCheck {
  const hold = compileRules(target)
  const uncounted = uncountedDecimals(target)
  const check: RuleCheck = (instance, about) => {
    const holds = hold(instance, about)
    if (holds === true) return none
    return andThen(holds, (known): Awaitable<readonly FieldError[]> => (known ? none : complaints(instance, about)))
  }
  const explained = (error: unknown, instance: object, about: ReadonlySet<string> | undefined) => {
    const found = uncounted(instance, about)
    if (found.length === 0) throw error
    return found
  }
  return (instance, about) => {
    try {
      const found = check(instance, about)
      return found instanceof Promise ? found.catch((error: unknown) => explained(error, instance, about)) : found
    } catch (error) {
      return explained(error, instance, about)
    }
  }
}

const none: readonly FieldError[] = Object.freeze([])

async function complaints(instance: object, about: ReadonlySet<string> | undefined): Promise<readonly FieldError[]> {
  const found = await validate(instance, {
    forbidUnknownValues: false,
    validationError: { target: false, value: false },
  })
  return found.filter(({ property }) => about?.has(property) ?? true).flatMap(fieldErrors)
}

/** What lies inside of a property is read by its own class, which says what is wrong with it. */
function fieldErrors({ property, constraints = {} }: RuleError): readonly FieldError[] {
  const pointer = pointerTo(property)
  return Object.entries(constraints)
    .filter(([code]) => code !== ValidationTypes.NESTED_VALIDATION)
    .map(([code, message]) => ({ pointer, code, message }))
}

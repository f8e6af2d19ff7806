import { getMetadataStorage, ValidationTypes } from 'class-validator'
import { type Awaitable, isThenable } from '../helpers/awaitable.js'
import type { AnyClass } from '../metadata/fact-kind.js'

/** A rule as class-validator keeps it. */
type Rule = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number]
type Constraint = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidatorConstraints']>[number]

/**
 * Whether everything that the rules of a class say of an object certainly holds: about all of its properties, or about
 * some. Where it is not certain, only class-validator itself knows the answer.
 */
export type RulesHold = (instance: object, about?: ReadonlySet<string>) => Awaitable<boolean>

/** Whether the rules of one property hold. */
type PropertyHolds = (instance: object, value: unknown) => Awaitable<boolean>

/**
 * Compiles the rules of a class. class-validator looks for them anew in every object, among the rules of all classes of
 * the process; here they are looked up once, and only what they say of the properties in question is asked. What lies
 * inside of a property is not looked at. Rules about promises are not compiled: where one has a value, nothing is certain.
 */
export function compileRules(target: AnyClass): RulesHold {
  const storage = getMetadataStorage()
  const rules = storage.getTargetValidationMetadatas(target, '', false, false)
  const properties = Object.entries(storage.groupByPropertyName(rules)).map(([name, own]) => {
    const holds = compileProperty(own)
    return (instance: object, about: ReadonlySet<string> | undefined) =>
      (about && !about.has(name)) || holds(instance, (instance as Readonly<Record<string, unknown>>)[name])
  })
  return (instance, about) => all(properties, instance, about)
}

/** Something that is asked about an object, and about what is given besides. */
type Part<T> = (instance: object, given: T) => Awaitable<boolean>

/** Every part is asked, as class-validator asks it, also behind one that does not hold: some may be waiting. */
function all<T>(parts: readonly Part<T>[], instance: object, given: T): Awaitable<boolean> {
  let hold = true
  let waiting: Promise<boolean>[] | undefined
  for (const part of parts) {
    const answer = part(instance, given)
    if (answer instanceof Promise) (waiting ??= []).push(answer)
    else if (!answer) hold = false
  }
  return waiting ? Promise.all(waiting).then((known) => hold && known.every(Boolean)) : hold
}

const compiledTypes: readonly string[] = [
  ValidationTypes.CONDITIONAL_VALIDATION,
  ValidationTypes.CUSTOM_VALIDATION,
  ValidationTypes.IS_DEFINED,
  ValidationTypes.NESTED_VALIDATION,
  ValidationTypes.WHITELIST,
]

function compileProperty(rules: readonly Rule[]): PropertyHolds {
  const ofType = (type: string): readonly Rule[] => rules.filter((rule) => rule.type === type)
  const conditions = ofType(ValidationTypes.CONDITIONAL_VALIDATION).map(
    ({ constraints }) => constraints[0] as (instance: object, value: unknown) => boolean,
  )
  const checks = [...ofType(ValidationTypes.IS_DEFINED), ...ofType(ValidationTypes.CUSTOM_VALIDATION)].flatMap(
    compileRule,
  )
  const others = rules.some(({ type }) => !compiledTypes.includes(type))
  return (instance, value) => {
    for (const condition of conditions) if (!condition(instance, value)) return true
    if (others && value !== undefined) return false
    return all(checks, instance, value)
  }
}

function compileRule(rule: Rule): readonly PropertyHolds[] {
  const { constraintCls, propertyName, constraints, each } = rule
  return getMetadataStorage()
    .getTargetValidatorConstraints(constraintCls)
    .map((constraint): PropertyHolds => {
      const validatorOf = asking(constraint)
      return (instance, value) => {
        const validator = validatorOf()
        const { name: targetName } = instance.constructor
        const given = { targetName, property: propertyName, object: instance, value, constraints }
        const several = each ? valuesOf(value) : undefined
        return several
          ? all(
              several.map((one) => () => settled(validator.validate(one, given))),
              instance,
              value,
            )
          : settled(validator.validate(value, given))
      }
    })
}

/**
 * What validates. A class that class-validator makes for a decorator has nothing but its function, so one instance will
 * do; a class of the application may be one of its container, which is asked each time.
 */
function asking(constraint: Constraint): () => Constraint['instance'] {
  if (constraint.target.name !== 'CustomConstraint') return () => constraint.instance
  let known: Constraint['instance'] | undefined
  return () => {
    known ??= constraint.instance
    return known
  }
}

/** Any value that is true in a condition is a yes, as class-validator has it. */
const settled = (answer: unknown): Awaitable<boolean> =>
  isThenable(answer) ? Promise.resolve(answer).then(Boolean) : Boolean(answer)

/** The values that a rule for `each` is about; undefined where the value is no collection, and is asked about itself. */
function valuesOf(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value as readonly unknown[]
  return value instanceof Set || value instanceof Map ? [...value.values()] : undefined
}

import type { FieldError } from '../errors/app-exception.js'
import { ValidationError } from '../errors/exceptions.js'

/** A JSON Schema, or a part of one (draft 2020-12). */
export type JsonSchema = boolean | Readonly<Record<string, unknown>>

/** What is wrong with a value; `pointer` leads from the value to the part of it, and is `#` for the whole. */
export type Complaints = readonly FieldError[]

/** What is known of a rule without a value. */
export interface RuleDescription {
  /** The name of the rule; class-validator and problem documents use it as the code. */
  readonly rule: string
  /** The rule in a few words that follow the name of a property: `must not hold HTML`. */
  readonly message: string
  /** The rule as documents state it. A value that keeps the rule fits this; the reverse need not hold. */
  readonly schema: JsonSchema
}

/** A rule about one value. Called, it says whether a value keeps it; no value of any type makes it throw. */
export interface Validator extends RuleDescription {
  (value: unknown): boolean
  /** What is wrong with a value: nothing where it keeps the rule. Never holds the value itself. */
  complaints(value: unknown): Complaints
  /** @throws {ValidationError} with what is wrong, unless the value keeps the rule. */
  assert(value: unknown): void
}

/** A rule about one value that takes time to check. */
export interface AsyncValidator extends RuleDescription {
  (value: unknown): Promise<boolean>
  /** What is wrong with a value: nothing where it keeps the rule. Never holds the value itself. */
  complaints(value: unknown): Promise<Complaints>
  /** @throws {ValidationError} with what is wrong, unless the value keeps the rule. */
  assert(value: unknown): Promise<void>
}

/** What a validator is made of. */
export interface ValidatorDefinition<Result> extends RuleDescription {
  readonly complaints: (value: unknown) => Result
}

/** Makes a validator; the ones that come with the framework are made with it. */
export function defineValidator(definition: ValidatorDefinition<Complaints>): Validator {
  const { complaints } = definition
  const keeps = (value: unknown): boolean => complaints(value).length === 0
  const assert = (value: unknown): void => throwIfAny(complaints(value))
  return Object.freeze(Object.assign(keeps, definition, { assert }))
}

/** Makes a validator that takes time. */
export function defineAsyncValidator(definition: ValidatorDefinition<Promise<Complaints>>): AsyncValidator {
  const { complaints } = definition
  const keeps = async (value: unknown): Promise<boolean> => (await complaints(value)).length === 0
  const assert = async (value: unknown): Promise<void> => throwIfAny(await complaints(value))
  return Object.freeze(Object.assign(keeps, definition, { assert }))
}

/** One complaint about a value as a whole. */
export function complaint(code: string, message: string, params?: Readonly<Record<string, unknown>>): Complaints {
  return [{ pointer: '#', code, message, ...(params && { params }) }]
}

function throwIfAny(errors: Complaints): void {
  const [first] = errors
  if (first) throw new ValidationError(`The value ${first.message}.`, { errors })
}

import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js'
import type { ValidationOptions } from 'class-validator'
import { namesOf, pointerTo } from '../errors/json-pointer.js'
import { UsageError } from '../errors/usage-error.js'
import { type OptionNames, requireKnownBy } from '../helpers/known-options.js'
import type { Callee } from '../metadata/place.js'
import { beyondLimits, defaultJsonLimits, type JsonLimits } from './json-limits.js'
import { compileJsonSchema, type JsonSchemaReading } from './json-schema-compiler.js'
import { Satisfies } from './satisfies.js'
import { type Complaints, complaint, defineValidator, type JsonSchema, type Validator } from './validator.js'

/** How a schema is read, and how much a value may hold. */
export interface JsonSchemaOptions extends JsonSchemaReading {
  /** How much a value may hold; what is left out is as in `defaultJsonLimits`. */
  readonly limits?: Partial<JsonLimits>
}

const schemaOptions: OptionNames<JsonSchemaOptions> = { limits: true, strict: true, formats: true }
const jsonLimits: OptionNames<JsonLimits> = { depth: true, values: true, items: true, characters: true }

const mostComplaints = 10
const largestSchema: JsonLimits = { depth: 128, values: 100_000, items: 10_000, characters: 4_000_000 }

/**
 * Makes a validator of a JSON Schema (draft 2020-12), which is compiled now, once. For schemas that programmers write:
 * a pattern in one can be made to take for ever. A value is first measured, without recursion, against `limits`, and
 * has to be JSON: plain objects, arrays, texts, finite numbers, booleans and null. Complaints stop at the first
 * keyword that fails; their codes are keywords, their pointers lead to the place, and no value is in them.
 * @throws {UsageError} E_VALIDATOR_OPTIONS for a schema that is not valid, or that refers to another document.
 */
export function validateJsonSchema(schema: JsonSchema, options: JsonSchemaOptions = {}): Validator {
  requireKnownOptions(validateJsonSchema, options)
  const limits = { ...defaultJsonLimits, ...options.limits }
  requireJson(schema)
  // A copy: nobody who still holds the original changes what documents say of the compiled one.
  const own = deepFrozen(structuredClone(schema))
  const fits = compileJsonSchema(own, options)
  return defineValidator({
    rule: 'matchesJsonSchema',
    message: 'must fit its JSON Schema',
    schema: own,
    complaints: (value): Complaints => {
      const beyond = beyondLimits(value, limits)
      return beyond.length > 0 ? beyond : fittingComplaints(value, fits)
    },
  })
}

/** Refuses a property that does not fit a JSON Schema (see `validateJsonSchema`). */
export function MatchesJsonSchema(
  schema: JsonSchema,
  options?: JsonSchemaOptions,
  validationOptions?: ValidationOptions,
): PropertyDecorator {
  requireKnownOptions(MatchesJsonSchema, options, '@MatchesJsonSchema')
  return Satisfies(validateJsonSchema(schema, options), validationOptions)
}

function requireKnownOptions(callee: Callee, options: JsonSchemaOptions | undefined, subject = callee.name): void {
  requireKnownBy(callee, options, schemaOptions, { subject })
  requireKnownBy(callee, options?.limits, jsonLimits, { subject, within: 'limits' })
}

function requireJson(schema: JsonSchema): void {
  const [problem] = beyondLimits(schema, largestSchema)
  const container =
    typeof schema === 'boolean' || (typeof schema === 'object' && schema !== null && !Array.isArray(schema))
  if (!problem && container) return
  const message = problem?.message ?? 'must be an object or a boolean'
  throw new UsageError('E_VALIDATOR_OPTIONS', `The JSON Schema is refused: it ${message}.`)
}

function fittingComplaints(value: unknown, fits: ValidateFunction): Complaints {
  try {
    return fits(value) ? [] : (fits.errors ?? []).slice(0, mostComplaints).map(complaintOf)
  } catch {
    // References that for this value lead in a circle overflow the stack; what was not checked is not accepted.
    return complaint('matchesJsonSchema', 'cannot be checked against its JSON Schema')
  }
}

function complaintOf({ instancePath, keyword, message, params }: ErrorObject): Complaints[number] {
  const name = nameIn(params)
  const pointer = pointerTo(...namesOf(instancePath), ...(name === undefined ? [] : [name]))
  return { pointer, code: keyword, message: message ?? 'must fit its JSON Schema' }
}

// Where it is a name that is missing or too much, the complaint is about that name.
function nameIn(params: Readonly<Record<string, unknown>>): string | undefined {
  const name = params['missingProperty'] ?? params['additionalProperty'] ?? params['unevaluatedProperty']
  return typeof name === 'string' ? name : undefined
}

function deepFrozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(deepFrozen)
  return Object.freeze(value)
}

import { createRequire } from 'node:module'
import { isIPv4, isIPv6 } from 'node:net'
import type { Ajv2020, ErrorObject, Options, ValidateFunction } from 'ajv/dist/2020.js'
import type addFormats from 'ajv-formats'
import { UsageError } from '../errors/usage-error.js'
import { unsupportedIn } from './unsupported-schema.js'
import type { JsonSchema } from './validator.js'

/** How a schema is read. */
export interface JsonSchemaReading {
  /**
   * Whether schemas that probably do not say what was meant are refused: unknown keywords, keywords without the `type`
   * they apply to, tuples of open length. True unless given; false for schemas that other people wrote.
   */
  readonly strict?: boolean
  /** Whether `format` is checked, or only a note (what draft 2020-12 says). Checked unless given. */
  readonly formats?: 'check' | 'note'
}

const draft = 'https://json-schema.org/draft/2020-12/schema'
const require = createRequire(import.meta.url)

/**
 * Compiles a schema of draft 2020-12 to a function. References reach only into the schema itself.
 * @throws {UsageError} E_VALIDATOR_OPTIONS for a schema that is not valid, or that refers to another document.
 */
export function compileJsonSchema(
  schema: JsonSchema,
  { strict = true, formats = 'check' }: JsonSchemaReading,
): ValidateFunction {
  if (typeof schema !== 'boolean') requireValid(schema)
  // One compiler for each schema: what one of them calls itself must not be seen by another.
  const compiler = newCompiler({
    strict,
    strictRequired: false,
    allowUnionTypes: true,
    // Otherwise `{}` has every property that objects inherit.
    ownProperties: true,
    validateFormats: formats === 'check',
    validateSchema: false,
    logger: refusing,
  })
  if (formats === 'check') addKnownFormats(compiler)
  try {
    const fits = compiler.compile(schema)
    // What never ends for any value of a kind is a mistake to hear of now.
    for (const sample of [null, true, 0, '', [], {}]) void fits(sample)
    return fits
  } catch (cause) {
    throw refused(problemOf(cause), cause)
  }
}

// Without `strict` a format that is not known is only warned of, and then everything has that format.
const refusing = {
  log() {},
  warn(problem: unknown) {
    throw new Error(String(problem))
  },
  error() {},
}

let metaCompiler: Ajv2020 | undefined

function requireValid(schema: Exclude<JsonSchema, boolean>): void {
  if ((schema['$schema'] ?? draft) !== draft) throw refused(`its "$schema" is not ${draft}`)
  const unsupported = unsupportedIn(schema)
  if (unsupported !== undefined) throw refused(unsupported)
  metaCompiler ??= newCompiler({ logger: false })
  if (metaCompiler.validateSchema(schema) !== true) throw refused(firstProblem(metaCompiler.errors))
}

// Loaded by the first schema only: compilers of schemas take long to load, and many applications have none.
function newCompiler(options: Options): Ajv2020 {
  const { Ajv2020: Compiler } = require('ajv/dist/2020.js') as typeof import('ajv/dist/2020.js')
  return new Compiler(options)
}

// The formats of the draft, without those that ajv-formats adds.
function addKnownFormats(compiler: Ajv2020): void {
  const add = require('ajv-formats') as typeof addFormats.default
  add(compiler, {
    keywords: false,
    formats: [
      'date',
      'date-time',
      'duration',
      'email',
      'hostname',
      'json-pointer',
      'regex',
      'relative-json-pointer',
      'time',
      'uri',
      'uri-reference',
      'uri-template',
    ],
  })
  compiler.addFormat('ipv4', isIPv4)
  compiler.addFormat('ipv6', (text: string) => isIPv6(text) && !text.includes('%'))
  compiler.addFormat('uuid', /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i)
  compiler.addFormat('binary', true)
}

function firstProblem(errors: readonly ErrorObject[] | null | undefined): string {
  const [first] = errors ?? []
  return first ? `${first.instancePath || 'it'} ${first.message}` : 'it is not valid'
}

function problemOf(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause)
  if (cause instanceof RangeError) return 'its references lead in a circle, or too deep'
  return message.startsWith("can't resolve reference")
    ? `${message}; references reach only into the schema itself`
    : message
}

function refused(problem: string, cause?: unknown): UsageError {
  return new UsageError('E_VALIDATOR_OPTIONS', `The JSON Schema is refused: ${problem}.`, { cause })
}

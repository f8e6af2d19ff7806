import { parseCookie } from 'cookie'
import type { ParamMetadata } from 'routing-controllers'
import type { FieldError } from '../../errors/app-exception.js'
import { ValidationError } from '../../errors/exceptions.js'
import { propertyType } from '../../metadata/member-types.js'
import type { Exchange } from '../exchange.js'
import { bodyMemberProblem } from './body-values.js'
import { checkText, type TextProblem } from './strict-values.js'

/** The values of the parameters of one action, before routing-controllers converts them. */
export type ParameterValues = ReadonlyMap<ParamMetadata, unknown>

/** Where the texts of one kind of parameter come from, and how an error names one. */
interface Source {
  readonly place: 'parameter' | 'header'
  texts(exchange: Exchange): Readonly<Record<string, unknown>>
}

const path: Source = { place: 'parameter', texts: ({ params }) => params }
const query: Source = { place: 'parameter', texts: queryOf }
const headers: Source = { place: 'header', texts: ({ request }) => request.headers }
const cookies: Source = { place: 'header', texts: (exchange) => parseCookie(exchange.header('cookie') ?? '') }

const singles: Readonly<Record<string, Source>> = { param: path, query, header: headers, cookie: cookies }
const wholes: Readonly<Record<string, Source>> = { params: path, queries: query, headers, cookies }

/**
 * Reads the parameters of an action that routing-controllers executes, strictly: what is converted later can be.
 * @throws {ValidationError} naming everything that is missing or cannot be read.
 */
export function readParameters(parameters: readonly ParamMetadata[], exchange: Exchange): ParameterValues {
  const errors: FieldError[] = []
  const values = new Map(parameters.map((parameter) => [parameter, valueOf(parameter, exchange, errors)]))
  if (errors.length === 0) return values
  throw new ValidationError(errors.length === 1 ? '1 value is not valid.' : `${errors.length} values are not valid.`, {
    errors,
  })
}

function valueOf(parameter: ParamMetadata, exchange: Exchange, errors: FieldError[]): unknown {
  const { type, name } = parameter
  const single = singles[type]
  if (single) return singleValue(parameter, single, exchange, errors)
  const whole = wholes[type]
  if (whole) return wholeValue(parameter, whole, exchange, errors)
  if (type === 'body') return exchange.body
  if (type === 'body-param') return bodyMember(parameter, exchange.body, errors)
  const { session } = exchange.request as { session?: Readonly<Record<string, unknown>> }
  if (type === 'session') return session
  return type === 'session-param' ? session?.[name] : undefined
}

function singleValue(parameter: ParamMetadata, source: Source, exchange: Exchange, errors: FieldError[]): unknown {
  const { name, required, isArray, targetType, targetName } = parameter
  const texts = source.texts(exchange)
  const key = source.place === 'header' && source !== cookies ? name.toLowerCase() : name
  const value = Object.hasOwn(texts, key) ? texts[key] : undefined
  const at = source === cookies ? { header: 'cookie' } : { [source.place]: name }
  if (value === undefined || (value === '' && required)) {
    if (required) errors.push({ ...at, code: 'required', message: 'must be given' })
    return undefined
  }
  const given = (Array.isArray(value) ? value : [value]) as readonly string[]
  if (given.length > 1 && !isArray && targetName !== 'array') {
    errors.push({ ...at, code: 'repeated', message: 'must be given once' })
  }
  const problem = given.map((text) => checkText(text, targetType)).find((found) => found !== undefined)
  if (problem) errors.push({ ...at, ...problem })
  return value
}

function wholeValue(parameter: ParamMetadata, source: Source, exchange: Exchange, errors: FieldError[]): unknown {
  // A copy, because routing-controllers converts its members in place.
  const texts: Record<string, unknown> = { ...source.texts(exchange) }
  const { prototype } = (parameter.targetType ?? Object) as { readonly prototype: object }
  for (const [name, value] of Object.entries(texts)) {
    const problem = memberProblem(name, value, prototype)
    if (problem) errors.push({ [source.place]: name, ...problem })
  }
  return texts
}

function memberProblem(name: string, value: unknown, prototype: object): TextProblem {
  // class-transformer passes these over in silence, so that class-validator never sees them.
  const hidden = prototype !== Object.prototype && (name === '__proto__' || name === 'constructor')
  if (hidden) return { code: 'unknown_field', message: 'is not known here' }
  const type = propertyType(prototype, name)
  if (!Array.isArray(value)) return checkText(String(value), type)
  const single = type !== undefined && type !== Array
  return single ? { code: 'repeated', message: 'must be given once' } : undefined
}

function bodyMember(parameter: ParamMetadata, body: unknown, errors: FieldError[]): unknown {
  const { name, required } = parameter
  const value =
    typeof body === 'object' && body !== null && Object.hasOwn(body, name) ? (body as never)[name] : undefined
  const problem =
    value === undefined || value === null || value === ''
      ? required && ({ code: 'required', message: 'must be given' } as const)
      : bodyMemberProblem(parameter, value)
  if (problem) errors.push({ pointer: `#/${name}`, ...problem })
  return value
}

function queryOf({ queryString }: Exchange): Readonly<Record<string, unknown>> {
  // Without a prototype, so that no name of a parameter means anything.
  const texts = Object.create(null) as Record<string, unknown>
  const parameters = new URLSearchParams(queryString)
  for (const name of new Set(parameters.keys())) {
    const given = parameters.getAll(name)
    texts[name] = given.length === 1 ? given[0] : given
  }
  return texts
}

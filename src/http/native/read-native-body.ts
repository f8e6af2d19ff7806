import { type ClassConstructor, plainToInstance } from 'class-transformer'
import { type ValidatorOptions, validate } from 'class-validator'
import type { ActionMetadata, ParamMetadata } from 'routing-controllers'
import { ValidationError } from '../../errors/exceptions.js'
import { UnsupportedMediaTypeError } from '../../errors/request-exceptions.js'
import type { Constructor } from '../action-model.js'
import { bodyError, readJsonBody } from '../body/json-body.js'
import { announcesBody, readBytes } from '../body/read-bytes.js'
import type { Exchange } from '../exchange.js'
import type { RequestLimits } from '../limits.js'
import { fieldErrorsOf } from '../problem/field-errors.js'
import { shapeOf } from './body-shape.js'
import { shapeOfParameter, shapeProblem } from './body-values.js'

/** How classes of class-validator are checked: strictly, and without repeating what was sent. */
export const validationOptions: ValidatorOptions = Object.freeze({
  whitelist: true,
  forbidNonWhitelisted: true,
  forbidUnknownValues: true,
  validationError: { target: false, value: false },
})

/** Reads the body of an action that routing-controllers executes; undefined where the action takes none. */
export type ReadBody = (exchange: Exchange) => Promise<unknown>

/**
 * How an action that routing-controllers executes has its body read: as JSON, or as text where its controller is not a
 * JSON one. routing-controllers lets arrays through unchecked, so their form and elements are checked here.
 */
export function nativeBodyReader(metadata: ActionMetadata, limits: RequestLimits): ReadBody | undefined {
  const whole = metadata.params.find(({ type }) => type === 'body')
  if (!whole && !metadata.isBodyUsed) return undefined
  if (!metadata.isJsonTyped) return (exchange) => readText(exchange, limits)
  return async (exchange) => {
    const body = await readJsonBody(exchange, limits)
    return whole ? checked(whole, body) : membersOf(body)
  }
}

async function readText(exchange: Exchange, limits: RequestLimits): Promise<string> {
  const { request } = exchange
  if (!announcesBody(request)) return ''
  if (!/^text\/plain\s*(;\s*charset="?utf-8"?\s*)?$/i.test(exchange.header('content-type') ?? '')) {
    throw new UnsupportedMediaTypeError('The body must be sent as text/plain, in UTF-8.', {
      headers: { accept: 'text/plain' },
    })
  }
  return (await readBytes(request, limits.body)).toString('utf8')
}

function membersOf(body: unknown): unknown {
  if (body === undefined) return {}
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw bodyError('object', 'must be a JSON object')
  return body
}

async function checked(parameter: ParamMetadata, body: unknown): Promise<unknown> {
  if (body === undefined) {
    if (isOptional(parameter)) return undefined
    throw bodyError('required', 'must be given')
  }
  const shape = shapeOfParameter(parameter)
  const problem = shapeProblem(shape, body)
  if (problem) throw bodyError(problem.code, problem.message)
  if (parameter.required && isEmpty(body)) throw bodyError('required', 'must not be empty')
  const unchecked = shape.kind !== 'array' || shape.type === undefined || parameter.validate === false
  return unchecked ? body : checkElements(body as readonly unknown[], shape.type, parameter)
}

/** Only where it is said: routing-controllers would call any action without the body it declares. */
function isOptional({ required }: { readonly required: boolean | undefined }): boolean {
  return required === false
}

function isEmpty(body: unknown): boolean {
  return body === null || body === '' || (typeof body === 'object' && Object.keys(body).length === 0)
}

async function checkElements(
  elements: readonly unknown[],
  type: Constructor,
  { classTransform, validate: own }: ParamMetadata,
): Promise<readonly unknown[]> {
  const shape = shapeOf(type, undefined)
  const misshapen = elements.flatMap((element, index) => {
    const problem = shapeProblem(shape, element)
    return problem ? [{ pointer: `#/${index}`, ...problem }] : []
  })
  if (misshapen.length > 0) throw new ValidationError('Elements of the body are not valid.', { errors: misshapen })
  if (shape.kind !== 'object') return elements
  const instances = elements.map((plain) =>
    plainToInstance(shape.type as ClassConstructor<object>, plain, classTransform),
  )
  const options: ValidatorOptions = { ...validationOptions, ...(typeof own === 'object' && own) }
  const found = await Promise.all(
    instances.map(async (one, index) => fieldErrorsOf(await validate(one, options), 'body', [String(index)])),
  )
  const errors = found.flat()
  if (errors.length > 0) throw new ValidationError('Elements of the body are not valid.', { errors })
  return instances
}

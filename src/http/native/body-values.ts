import type { ParamMetadata } from 'routing-controllers'
import { parameterTypes } from '../../metadata/member-types.js'
import { type Shape, shapeOf } from './body-shape.js'
import { checkText, type TextProblem } from './strict-values.js'

/** The shape a parameter of an action asks its value to have. */
export function shapeOfParameter({ target, method, index, targetType }: ParamMetadata): Shape {
  const recorded = parameterTypes((target as { prototype: object }).prototype, method)[index]
  return shapeOf(recorded, targetType === recorded ? undefined : (targetType as unknown))
}

/** What is wrong with a member of a body that a parameter asks for, or undefined where nothing is. */
export function bodyMemberProblem(parameter: ParamMetadata, value: unknown): TextProblem {
  return shapeProblem(shapeOfParameter(parameter), value)
}

/** What is wrong with the form of a JSON value, or undefined where nothing is. Nothing is converted, except instants. */
export function shapeProblem(shape: Shape, value: unknown): TextProblem {
  const { kind } = shape
  if (kind === 'anything') return undefined
  if (kind === 'date') return typeof value === 'string' ? checkText(value, Date) : must(kind, 'date and time')
  if (kind === 'array') return Array.isArray(value) ? undefined : must(kind, 'JSON array')
  if (kind === 'object') return isObject(value) ? undefined : must(kind, 'JSON object')
  if (kind === 'number') return Number.isFinite(value) ? undefined : must(kind, kind)
  return typeof value === kind ? undefined : must(kind, kind)
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function must(code: string, what: string): TextProblem {
  return { code, message: `must be a ${what}` }
}

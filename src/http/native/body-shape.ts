import { getMetadataStorage } from 'class-validator'
import type { Constructor } from '../action-model.js'

/** What a parameter of an action asks a JSON value to be. */
export type Shape =
  | { readonly kind: 'anything' | 'string' | 'number' | 'boolean' | 'date' }
  | { readonly kind: 'object'; readonly type: Constructor }
  | { readonly kind: 'array'; readonly type: Constructor | undefined }

const scalars = new Map<unknown, Exclude<Shape['kind'], 'object' | 'array'>>([
  [String, 'string'],
  [Number, 'number'],
  [Boolean, 'boolean'],
  [Date, 'date'],
])

/**
 * The shape of a parameter, by the type the compiler recorded and the one its decorator names. Interfaces, unions and
 * type parameters are recorded as Object: of those nothing is known.
 */
export function shapeOf(recorded: unknown, named: unknown): Shape {
  if (recorded === Array)
    return { kind: 'array', type: typeof named === 'function' ? (named as Constructor) : undefined }
  const type = named ?? recorded
  const scalar = scalars.get(type)
  if (scalar) return { kind: scalar }
  if (type === undefined || type === Object || typeof type !== 'function') return { kind: 'anything' }
  return { kind: 'object', type: type as Constructor }
}

/** Whether class-validator knows rules for the members of a class. */
export function hasRules(type: Constructor): boolean {
  return getMetadataStorage().getTargetValidationMetadatas(type, '', true, false).length > 0
}

/** Whether class-validator can check all that a shape lets through. */
export function isChecked(shape: Shape): boolean {
  if (shape.kind === 'anything') return false
  if (shape.kind === 'object') return hasRules(shape.type)
  if (shape.kind === 'array') return shape.type !== undefined && (scalars.has(shape.type) || hasRules(shape.type))
  return true
}

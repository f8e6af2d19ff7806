import { valueOf } from '../../model/operand.js'
import type { Operand, Predicate } from '../../model/predicate.js'
import type { Shape, Slots } from './slot.js'

/**
 * Reads what the text of a condition is made of. False where values are part of the text, as with those that look into JSON
 * or at other rows: then nothing is to be made of the shape.
 */
export function readPredicate(predicate: Predicate, shape: Shape): boolean {
  if ('path' in predicate || predicate.op === 'related') return false
  switch (predicate.op) {
    case 'all':
    case 'any':
      shape.add(predicate.op)
      shape.add(predicate.predicates.length)
      return predicate.predicates.every((one) => readPredicate(one, shape))
    case 'not':
      shape.add('not')
      return readPredicate(predicate.predicate, shape)
    case 'isNull':
      shape.add('isNull')
      shape.add(predicate.property)
      return true
    case 'in':
      shape.add('in')
      shape.add(predicate.property)
      shape.add(predicate.values.length)
      return predicate.values.every((value) => readOperand(value, shape))
    default:
      shape.add(predicate.op)
      shape.add(predicate.property)
      return readOperand(predicate.value, shape)
  }
}

/**
 * Reads the values of a condition that is written with the same text as another one whose shape was read; false where its text is
 * another.
 */
export function readLike(known: Predicate, predicate: Predicate, values: unknown[]): boolean {
  if (known.op !== predicate.op || 'path' in predicate || 'path' in known) return false
  switch (predicate.op) {
    case 'all':
    case 'any': {
      const { predicates } = known as typeof predicate
      if (predicates.length !== predicate.predicates.length) return false
      for (let index = 0; index < predicates.length; index++) {
        if (!readLike(predicates[index]!, predicate.predicates[index]!, values)) return false
      }
      return true
    }
    case 'not':
      return readLike((known as typeof predicate).predicate, predicate.predicate, values)
    case 'isNull':
      return (known as typeof predicate).property === predicate.property
    case 'related':
    case 'in':
      return false
    default: {
      if ((known as typeof predicate).property !== predicate.property) return false
      const value = valueOf(predicate.value)
      values.push(value)
      return isBindable(value)
    }
  }
}

function readOperand(operand: Operand, shape: Shape): boolean {
  const value = valueOf(operand)
  shape.bind(value)
  return isBindable(value)
}

/** Whether a value is the same to every engine, be it bound or written: a number is where it is exact. */
export function isBindable(value: unknown): boolean {
  return typeof value !== 'number' || Number.isSafeInteger(value) || !Number.isInteger(value)
}

/** The same condition with slots for its values, in the order in which they were read. */
export function slotted(predicate: Predicate, slots: Slots): Predicate {
  if ('path' in predicate || predicate.op === 'related' || predicate.op === 'isNull') return predicate
  switch (predicate.op) {
    case 'all':
    case 'any':
      return { op: predicate.op, predicates: predicate.predicates.map((one) => slotted(one, slots)) }
    case 'not':
      return { op: 'not', predicate: slotted(predicate.predicate, slots) }
    case 'in':
      return { ...predicate, values: predicate.values.map(() => slots.take()) }
    default:
      return { ...predicate, value: slots.take() }
  }
}

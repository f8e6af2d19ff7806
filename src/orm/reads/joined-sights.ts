import { matching, type Operand } from '../../model/predicate.js'
import { asking, type Sight } from '../scopes/sight.js'
import { readPredicate, slotted } from './predicate-shape.js'
import type { Shape, Slots } from './slot.js'
import type { StatementLayout } from './statement-layout.js'

/** How the joined tables of a statement are looked at for a call, in their order; undefined where only scopes say it. */
export function joinedSights({ joined }: StatementLayout, call: object): readonly (Sight | undefined)[] {
  return joined.map(({ scope }) => scopeSight(scope, call))
}

/** The rows that have values in common, which a call says. */
export function scopeSight(
  scope: ((call: never) => Readonly<Record<string, unknown>>) | undefined,
  call: object,
): Sight | undefined {
  if (!scope) return undefined
  return asking(matching(scope(call as never) as Readonly<Record<string, Operand | null>>))
}

/** Reads what a text depends on; false where no text is worth keeping. */
export function readSight(sight: Sight | undefined, shape: Shape): boolean {
  shape.add(sight ? 'asked' : 'plain')
  if (!sight) return true
  shape.add(sight.without.size)
  for (const name of sight.without) shape.add(name)
  shape.add(sight.where.length)
  return sight.where.every((predicate) => readPredicate(predicate, shape))
}

/** The same with slots for the values, in the order in which they were read. */
export function slottedSight(sight: Sight, slots: Slots): Sight
export function slottedSight(sight: Sight | undefined, slots: Slots): Sight | undefined
export function slottedSight(sight: Sight | undefined, slots: Slots): Sight | undefined {
  return sight && { ...sight, where: sight.where.map((predicate) => slotted(predicate, slots)) }
}

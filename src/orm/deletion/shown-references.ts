import type { ObjectLiteral } from 'typeorm'
import { ValidationError } from '../../errors/exceptions.js'
import type { WriteContext } from '../../model/rule-context.js'
import { refusedKey } from '../writes/refusals.js'
import { inCall, inTransaction } from '../writes/transactions.js'
import { internalsOf, type Target, type WriteBuilder } from '../writes/write.js'
import { hiddenParents, hidingScopes } from './hidden-parents.js'
import { type Reference, referencesOf } from './references.js'

/** A write of rows that may refer to others. */
export interface ReferringWrite<T> {
  /** The values that are written. */
  readonly rows: () => readonly ObjectLiteral[]
  /** Takes the locks that rules want for the rows, which come before those of the rows that they refer to. */
  readonly lock: () => Promise<void>
  readonly write: () => Promise<T>
}

/**
 * Writes rows, in a transaction, and makes sure that none of them refers to a row that is hidden, and that nobody hides
 * one before the transaction ends. Only relations with a deletion policy are looked at: before the rows are written, or
 * after it where rules write what they refer to first, which nobody can who has locked it beside somebody else.
 * @throws {ValidationError} `REFERENCE_HIDDEN`
 */
export function referringToShown<T>(
  builder: WriteBuilder,
  target: Target,
  context: WriteContext,
  { rows, lock, write }: ReferringWrite<T>,
): Promise<T> {
  const found = shownReferences(builder, target, rows)
  if (!found) return write()
  const assertShown = () => assertReferencesShown(builder, found)
  if (locksLater(target)) {
    return inCall(builder, context, async () => {
      const result = await write()
      await assertShown()
      return result
    })
  }
  return inTransaction(builder, context, async () => {
    await lock()
    await assertShown()
    return write()
  })
}

/** Keys of rows that might be hidden, by the references that hold them. */
export type ShownReferences = readonly { readonly reference: Reference; readonly keys: readonly unknown[] }[]

/** The keys in rows that must be those of shown rows; undefined where there are none. */
export function shownReferences(
  { dataSource }: Pick<WriteBuilder, 'dataSource'>,
  { metadata }: Pick<Target, 'metadata'>,
  rows: () => readonly ObjectLiteral[],
): ShownReferences | undefined {
  const hiding = referencesOf(dataSource, metadata).filter(
    (reference) => hidingScopes(dataSource, reference) !== undefined,
  )
  const referring = hiding.length > 0 ? rows() : []
  const found = hiding
    .map((reference) => ({ reference, keys: keysIn(referring, reference) }))
    .filter(({ keys }) => keys.length > 0)
  return found.length > 0 ? found : undefined
}

/** Whether rules write what rows refer to first, so that it is looked at when they are written. */
export function locksLater({ model }: Pick<Target, 'model'>): boolean {
  return model.rules.written.some((rule) => rule.before !== undefined)
}

/**
 * Makes sure, in a transaction, that the rows are shown and stay so until it ends.
 * @throws {ValidationError} `REFERENCE_HIDDEN`
 */
export async function assertReferencesShown(builder: WriteBuilder, found: ShownReferences): Promise<void> {
  const { dataSource } = builder
  const runner = internalsOf(builder).queryRunner ?? dataSource.createQueryRunner()
  for (const { reference, keys } of found) {
    const hidden = await hiddenParents({ dataSource, runner }, reference, keys)
    if (hidden.length > 0) throw hiddenReference(reference)
  }
}

function keysIn(rows: readonly ObjectLiteral[], reference: Reference): readonly unknown[] {
  const keys = rows.map((row) => reference.key.getEntityValue(row) as unknown)
  if (keys.some((key) => typeof key === 'function')) {
    const { model, property, place } = reference
    throw refusedKey(model.name, { property, places: [`@OnDelete at ${place}`] })
  }
  return keys.filter((key) => key !== null && key !== undefined)
}

function hiddenReference({ property, parent }: Reference): ValidationError {
  return new ValidationError(`"${property}" refers to a ${parent.name} that is deleted, or hidden otherwise.`, {
    errorCode: 'REFERENCE_HIDDEN',
    names: [property],
    errors: [{ pointer: `#/${property}`, code: 'hidden', message: 'refers to a row that is deleted or hidden' }],
  })
}

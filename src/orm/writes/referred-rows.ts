import { type EntityMetadata, In, type ObjectLiteral } from 'typeorm'
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import { Expression } from '../../model/expression.js'
import type { RowData } from '../../model/matches.js'
import type { Model } from '../../model/model.js'
import type { WriteContext } from '../../model/rule-context.js'
import { missingReference } from '../errors/missing-reference.js'
import { heldKeysText } from '../key-text.js'
import { chunks, longestList } from './groups.js'
import { type LockedReference, lockedReferencesOf, partsOf } from './locked-references.js'
import { refusedKey } from './refusals.js'
import { inCall, inTransaction } from './transactions.js'
import { internalsOf, type WriteBuilder } from './write.js'

type Key = readonly unknown[]

/** Keys of one reference that a write is about to store. */
interface WrittenKeys {
  readonly reference: LockedReference
  readonly keys: readonly Key[]
}

/** A write of rows of a table, be it a junction table, which has no model. */
interface ReferringWrite {
  readonly builder: WriteBuilder
  readonly metadata: EntityMetadata
  readonly model?: Model
  readonly context: WriteContext
  /** The keys that are looked at; all that there are to look at unless told. */
  readonly references?: readonly LockedReference[]
}

/**
 * The rows that a write refers to, as far as locked scopes guard them. A key is written only where its row is inside of
 * them, and stays there until the transaction ends. A row outside is refused by the very error of one that does not
 * exist, so nobody learns of it.
 *
 * Where rules write what they refer to first, which nobody can who has locked it beside somebody else, the rows are looked
 * at before, and locked when all is written.
 */
export class ReferredRows {
  readonly #write: ReferringWrite
  readonly #references: readonly LockedReference[]
  readonly #inside = new Map<LockedReference, Set<string>>()
  readonly #locksLater: boolean
  #unlocked: WrittenKeys[] = []

  constructor(write: ReferringWrite) {
    this.#write = write
    this.#references = write.references ?? lockedReferencesOf(write.builder.dataSource, write.metadata)
    this.#locksLater = write.model?.rules.written.some((rule) => rule.before !== undefined) ?? false
  }

  /** Whether values have some parts of a key whose others only the rows know. */
  dependOnRows(values: RowData): boolean {
    return this.#references.some((reference) => {
      const parts = partsOf(reference, values)
      return parts.some((part) => part !== undefined) && parts.includes(undefined)
    })
  }

  /**
   * Inserts rows once all they refer to is known to be inside, in a transaction. They may refer to one another.
   * @throws {ValidationError}
   */
  inserting<T>(rows: readonly ObjectLiteral[], insert: () => Promise<T>): Promise<T> {
    for (const reference of this.#references) {
      if (!isAmong(this.#write.metadata, reference.parent)) continue
      const own = rows.map((row) =>
        reference.columns.map(({ referenced }) => referenced.getEntityValue(row) as unknown),
      )
      for (const key of own.filter(isWhole)) this.#remember(reference, key)
    }
    return this.#guarding(rows, insert)
  }

  /**
   * Writes values to rows once all they refer to is known to be inside, in a transaction.
   * @throws {ValidationError}
   */
  updating<T>(values: RowData, update: () => Promise<T>): Promise<T> {
    return this.#guarding([values], update)
  }

  /**
   * Asks about the keys that rows are to have by values of their own; in a transaction.
   * @throws {ValidationError}
   */
  async assertChanged(changes: readonly { readonly before: RowData; readonly values: RowData }[]): Promise<void> {
    for (const reference of this.#references) {
      const touching = changes.filter(({ values }) => partsOf(reference, values).some((part) => part !== undefined))
      const keys = this.#newKeys(
        reference,
        touching.map(({ before, values }) => ({ ...before, ...values })),
      )
      if (keys.length > 0) await this.#assertInside({ reference, keys })
    }
  }

  /** Locks what has only been looked at; to be called when the rows are written. */
  async written(): Promise<void> {
    const unlocked = this.#unlocked
    this.#unlocked = []
    for (const { reference, keys } of unlocked) {
      const inside = new Set((await this.#insideOf(reference, keys, true)).map((key) => textOf(reference, key)))
      if (keys.some((key) => !inside.has(textOf(reference, key)))) throw missing(reference)
    }
  }

  #guarding<T>(rows: readonly RowData[], write: () => Promise<T>): Promise<T> {
    const found = this.#references
      .map((reference) => ({ reference, keys: this.#newKeys(reference, rows) }))
      .filter(({ keys }) => keys.length > 0)
    if (this.#references.length === 0 || (found.length === 0 && !this.#locksLater)) return write()
    const { builder, context } = this.#write
    const inside = new Map([...this.#inside].map(([reference, keys]) => [reference, [...keys]]))
    return (this.#locksLater ? inCall : inTransaction)(builder, context, async () => {
      // The work may run again, in a transaction that has none of the locks.
      this.#unlocked = []
      this.#inside.clear()
      for (const [reference, keys] of inside) this.#inside.set(reference, new Set(keys))
      for (const keys of found) await this.#assertInside(keys)
      const result = await write()
      await this.written()
      return result
    })
  }

  /** The keys that are not known to be inside yet. A key of which a part is null refers to nothing. */
  #newKeys(reference: LockedReference, rows: readonly RowData[]): readonly Key[] {
    const found = new Map<string, Key>()
    for (const row of rows) {
      const key = partsOf(reference, row)
      if (key.some((part) => typeof part === 'function' || part instanceof Expression)) {
        throw refusedKey(this.#write.metadata.name, { property: nameOf(reference), places: [] })
      }
      if (isWhole(key)) found.set(textOf(reference, key), key)
    }
    const inside = this.#inside.get(reference)
    return [...found].filter(([text]) => !inside?.has(text)).map(([, key]) => key)
  }

  async #assertInside({ reference, keys }: WrittenKeys): Promise<void> {
    for (const key of await this.#insideOf(reference, keys, !this.#locksLater)) this.#remember(reference, key)
    const inside = this.#inside.get(reference)
    if (keys.some((key) => !inside?.has(textOf(reference, key)))) throw missing(reference)
    if (this.#locksLater) this.#unlocked.push({ reference, keys })
  }

  async #insideOf(reference: LockedReference, keys: readonly Key[], locked: boolean): Promise<readonly Key[]> {
    const inside: Key[] = []
    for (const chunk of chunks(keys, longestList)) inside.push(...(await this.#chunkInside(reference, chunk, locked)))
    return inside
  }

  /** Those of the keys whose rows are inside. Where they are to stay, rows are locked in the order of their primary keys. */
  async #chunkInside(
    { columns, parent }: LockedReference,
    keys: readonly Key[],
    locked: boolean,
  ): Promise<readonly Key[]> {
    const { dataSource } = this.#write.builder
    const runner = internalsOf(this.#write.builder).queryRunner
    const query = dataSource.createQueryBuilder(parent.target, 'referred', runner)
    // Whether scopes that can be removed show the row is another question.
    query.guard = query.guard.holding('all')
    query.withDeleted().select(columns.map(({ referenced }) => `referred.${referenced.propertyPath}`))
    query.where(
      conditionOf(
        columns.map(({ referenced }) => referenced),
        keys,
      ),
    )
    for (const { propertyPath } of parent.primaryColumns) {
      query.addSelect(`referred.${propertyPath}`).addOrderBy(`referred.${propertyPath}`)
    }
    if (locked && !dataSource.driver.options.type.includes('sqlite')) query.setLock('pessimistic_read')
    const rows = await query.getMany()
    return rows.map((row) => columns.map(({ referenced }) => referenced.getEntityValue(row) as unknown))
  }

  #remember(reference: LockedReference, key: Key): void {
    const inside = this.#inside.get(reference) ?? new Set()
    this.#inside.set(reference, inside.add(textOf(reference, key)))
  }
}

/** Whether rows of one entity are rows of another. */
const isAmong = (own: EntityMetadata, parent: EntityMetadata): boolean =>
  own.tablePath === parent.tablePath &&
  (parent.tableType !== 'entity-child' || own.inheritanceTree.includes(parent.target as never))

const missing = ({ columns }: LockedReference) => missingReference(columns.map(({ column }) => column))

const isWhole = (key: Key): boolean => key.every((part) => part !== null && part !== undefined)

const nameOf = ({ columns: [first] }: LockedReference): string =>
  first?.column.relationMetadata?.propertyPath ?? first?.column.propertyPath ?? ''

function conditionOf(columns: readonly ColumnMetadata[], keys: readonly Key[]): ObjectLiteral | ObjectLiteral[] {
  const [only] = columns
  if (only && columns.length === 1) return valueAt(only, In(keys.map(([part]) => part)))
  return keys.map((key) => Object.assign({}, ...columns.map((column, index) => column.createValueMap(key[index]))))
}

/** `createValueMap` of a column is for values alone: of generated big integers it makes texts, also of an operator. */
function valueAt({ propertyPath }: ColumnMetadata, value: unknown): ObjectLiteral {
  return propertyPath.split('.').reduceRight((within, name) => ({ [name]: within }), value) as ObjectLiteral
}

/** Text that is equal for keys of the same row, however it is written: a UUID may come in capitals. */
function textOf({ columns }: LockedReference, key: Key): string {
  return heldKeysText(columns.map(({ referenced }) => referenced))(key)
}

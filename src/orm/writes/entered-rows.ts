import type { RowData } from '../../model/matches.js'
import type { Announced } from '../events/announcement.js'
import { checkValues } from './check-values.js'
import { storable } from './known-properties.js'
import { assertInside } from './locked-scopes.js'
import type { ReferredRows } from './referred-rows.js'
import { RuledReferences } from './ruled-references.js'

/** A row as its write leaves it, and what the rules by which it enters want of it besides. */
interface EnteredRow {
  readonly row: RowData
  readonly more: RowData
}

/** Rows that enter by a write whose other values were looked at before: what rules give them is held to the same. */
export class EnteredRows {
  readonly #write: Announced
  readonly #referred: ReferredRows
  readonly #ruled: RuledReferences

  constructor(write: Announced, referred: ReferredRows) {
    this.#write = write
    this.#referred = referred
    this.#ruled = new RuledReferences({ ...write, rules: [], given: {}, values: {} }, {})
  }

  /**
   * Writes rows, in a transaction, once it is known that they may hold what they are given.
   * @throws {ValidationError} `REFERENCE_HIDDEN`, or with a pointer to every part that is wrong.
   * @throws {PermissionDeniedError} `OUTSIDE_SCOPE`
   * @throws {UsageError} E_UNKNOWN_VALUE where a rule sets something that is no property of the entity.
   */
  async writing<T>(rows: readonly EnteredRow[], write: () => Promise<T>): Promise<T> {
    const { model, metadata } = this.#write
    const given = rows.filter(({ more }) => Object.keys(more).length > 0)
    for (const { row, more } of given) {
      assertInside(model, { ...row, ...storable(metadata, more) })
      checkValues(model, more)
    }
    const changes = given.map(({ row, more }) => ({ before: row, values: more, guard: {} }))
    await this.#referred.assertChanged(changes)
    return this.#ruled.changing(changes, write)
  }
}

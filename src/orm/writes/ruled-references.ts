import { evaluated } from '../../model/expression.js'
import { matches, type RowData } from '../../model/matches.js'
import { propertiesOf } from '../../model/predicate.js'
import {
  assertReferencesShown,
  locksLater,
  referringToShown,
  type ShownReferences,
  shownReferences,
} from '../deletion/shown-references.js'
import { lockUpcoming } from './lock-upcoming.js'
import type { RowChange } from './row-change.js'
import type { Write } from './write.js'

/**
 * The rows that rules and verbs make others refer to. They are held to what callers are: where a relation has a deletion
 * policy, its key is that of a row which is shown, and stays so until the transaction ends. What callers give themselves was
 * looked at before.
 */
export class RuledReferences {
  readonly #write: Write
  readonly #shared: RowData
  /** Whether what is the same for all rows was looked at before they were read, as it is where it hides no row. */
  readonly #isEarly: boolean

  constructor(write: Write, shared: RowData) {
    this.#write = write
    this.#shared = shared
    this.#isEarly = propertiesOf(write.model.visible).every((property) => shared[property] === undefined)
  }

  /** Whether what is the same for all rows refers to others. */
  get areShared(): boolean {
    return shownReferences(this.#write.builder, this.#write, () => [this.#shared]) !== undefined
  }

  /**
   * Writes rows once those that all of them are to refer to are known to be shown.
   * @throws {ValidationError} `REFERENCE_HIDDEN`
   */
  guarding<T>(write: () => Promise<T>): Promise<T> {
    const { builder, builders = [builder], context, rules, given, model, metadata } = this.#write
    const values = { ...this.#write.values, ...this.#shared }
    const after = (before: RowData) => ({ ...before, ...evaluated(values, before) })
    const parts = builders.map((part) => ({ model, metadata, builder: part, rules, after, given }))
    const lock = () => lockUpcoming(builder, context, parts)
    const rows = () => (this.#isEarly ? [this.#shared] : [])
    return referringToShown(builder, this.#write, context, { rows, lock, write })
  }

  /**
   * Writes changes of rows once those that they are to refer to by values of their own are known to be shown. A row that is
   * hidden itself may refer to one that is.
   * @throws {ValidationError} `REFERENCE_HIDDEN`
   */
  async changing<T>(changes: readonly RowChange[], write: () => Promise<T>): Promise<T> {
    const found = this.#foundIn(changes)
    const isLater = locksLater(this.#write)
    if (found && !isLater) await assertReferencesShown(this.#write.builder, found)
    const result = await write()
    if (found && isLater) await assertReferencesShown(this.#write.builder, found)
    return result
  }

  #foundIn(changes: readonly RowChange[]): ShownReferences | undefined {
    const { builder, model } = this.#write
    const known = { ...this.#write.values, ...(this.#isEarly && this.#shared) }
    const rows = () =>
      changes
        .filter(({ before, values }) => matches(model.visible, { ...before, ...evaluated(values, before) }))
        .map(({ values }) =>
          Object.fromEntries(Object.entries(values).filter(([name, value]) => value !== known[name])),
        )
    return shownReferences(builder, this.#write, rows)
  }
}
